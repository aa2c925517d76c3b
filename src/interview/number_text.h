// What surrounds numbers in answers: how they are dressed, and the units behind them.
#pragma once

#include <string>
#include <string_view>

namespace ooe::interview {

// Returns `text` as number_grader.h reads it: plain (plain_text.h), without emphasis and the marks
// of mathematics, "1\u00BD" as "1 1/2", "10\u00B2" as "10^2", "minus 5" as "-5"; a long dash is no
// minus.
[[nodiscard]] std::string number_text(std::string_view text);

// "km", "m/s^2", "square feet", "miles per hour", "years old", "kW"; not "Cent" or "deadly sins".
[[nodiscard]] bool is_unit(std::string_view text);

}  // namespace ooe::interview
