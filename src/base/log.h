// One log for the program: lines on standard error, through spdlog. Never give it a prompt, an
// answer or a key.
#pragma once

#include <memory>
#include <string_view>

#include <spdlog/spdlog.h>

#include "base/result.h"

namespace ooe {

// Sets the level and the line format. Errors: invalid_argument for an unknown level; the known ones
// are debug, info, warning, error, off.
[[nodiscard]] Result<void> start_log(std::string_view level);

}  // namespace ooe
