// Which ooe this is: what `ooe --version` and /metrics say.
#pragma once

#include <string_view>

namespace ooe {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace ooe
