// What commands say on standard error beside their result.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace ooe::cli {

// What cannot be said, to a full disk or to nobody, is not said, and the work goes on: fmt::print
// would throw, and take the work with it.
template <class... Args>
void note(fmt::format_string<Args...> text, Args&&... args) {
  const std::string said = fmt::format(text, std::forward<Args>(args)...);
  static_cast<void>(std::fwrite(said.data(), 1, said.size(), stderr));
}

// What a message quotes of files and command lines: bytes that would command the terminal, and those
// that are no text, are written as \x1b; what is far too long to be read is cut.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace ooe::cli
