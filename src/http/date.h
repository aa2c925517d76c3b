// The time as HTTP tells it, "Sun, 06 Nov 1994 08:49:37 GMT": RFC 9110, sections 5.6.7 and 6.6.1.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace ooe::http {

[[nodiscard]] std::string date_of(std::chrono::sys_seconds time);

// Returns the time now, to the second. The text is good on this thread until its next call.
// Threads: any.
[[nodiscard]] std::string_view date_now();

}  // namespace ooe::http
