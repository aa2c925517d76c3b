// The goal of one request: the value of `x-ooe-goal`, written as the goal table of ooe.toml, in
// JSON: {"match":"gpt-4","tolerance":0.02}, {"ownership":0.5},
// {"maximise":"quality","deadline_ms":800}.
#pragma once

#include <string_view>

#include "base/result.h"
#include "core/goal.h"

namespace ooe::gateway {

// Errors: invalid_argument, naming member, value and remedy, for anything that is not exactly a
// goal: unknown members, members given twice, more than one aim, numbers out of range. Whether the
// goal can be met is for calibration to say.
[[nodiscard]] Result<Goal> parse_goal(std::string_view json);

}  // namespace ooe::gateway
