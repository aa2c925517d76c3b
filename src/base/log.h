// One log for the program: lines on standard error, through spdlog, of 4,096 bytes at most. Nobody
// waits for who reads them: what does not go out at once is lost, counted, and said with the next
// line that does; critical lines, of what is in no other place, are whole and have two seconds
// together. Never give it a prompt, an answer or a key. Threads: any.
#pragma once

#include <cstdint>
#include <string_view>

#include <spdlog/spdlog.h>

#include "base/result.h"

namespace ooe {

// Errors: invalid_argument unless it is debug, info, warning, error or off.
[[nodiscard]] Result<void> check_log_level(std::string_view level);

// Sets the level and the line format. Errors: those of check_log_level().
[[nodiscard]] Result<void> start_log(std::string_view level);

// Since the program began.
[[nodiscard]] std::int64_t log_lines_lost();

}  // namespace ooe
