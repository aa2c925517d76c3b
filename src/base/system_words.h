// The system's error numbers in words, for messages: "No such file or directory".
#pragma once

#include <string>

namespace ooe {

// Returns what `error`, a value of errno, means; "Unknown error 4711" when nothing does.
// Threads: safe, as strerror() need not be.
[[nodiscard]] std::string system_words(int error);

}  // namespace ooe
