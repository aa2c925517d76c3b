// What commands say in lines: on standard output, and beside their result on standard error.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace ooe::cli {

// To standard output. What cannot be said, to a full disk or to nobody, does not end the work, as
// fmt::print would by throwing; run_program() tells of it at the end.
template <class... Args>
void say(fmt::format_string<Args...> text, Args&&... args) {
  const std::string said = fmt::format(text, std::forward<Args>(args)...);
  static_cast<void>(std::fwrite(said.data(), 1, said.size(), stdout));
}

// To standard error, in the same way.
template <class... Args>
void note(fmt::format_string<Args...> text, Args&&... args) {
  const std::string said = fmt::format(text, std::forward<Args>(args)...);
  static_cast<void>(std::fwrite(said.data(), 1, said.size(), stderr));
}

// What a message quotes of files and command lines: bytes that would command the terminal, and those
// that are no text, are written as \x1b; what is far too long to be read is cut.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace ooe::cli
