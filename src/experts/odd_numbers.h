// JSON with numbers that no strict reader takes, though many servers write them: Python's NaN and
// Infinity, as of a log-probability, integers beyond 64 bits, and powers that no double holds. Pure
// text to text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ooe::experts {

// Returns the JSON with null for each such number, all else as it was; nothing when there is none.
// Cost: one pass.
[[nodiscard]] std::optional<std::string> without_odd_numbers(std::string_view json);

}  // namespace ooe::experts
