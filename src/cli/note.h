// What commands say on standard error beside their result.
#pragma once

#include <cstdio>
#include <string>
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

}  // namespace ooe::cli
