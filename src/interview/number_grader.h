// Which number does an answer settle on? What is marked ("\boxed{42}", "#### 42", "the answer is
// 42") beats what is not, a later mark beats an earlier one; without a mark it is the last number,
// or what the last sentence with a number says after its last "=".
#pragma once

#include <optional>
#include <string_view>

namespace ooe::interview {

// A number as typed: "$1,234.50", "-3", "3/4", "\frac{3}{4}", "1.5e-3", "6.02 * 10^23", "50%",
// "2 million".
struct TypedNumber {
  double value = 0.0;
  bool percent = false;  // typed with a percent sign: means value, or value / 100
};

struct NumberReading {
  std::optional<TypedNumber> number;
  std::string_view reason;  // why there is none; empty with a number
};

[[nodiscard]] NumberReading read_number(std::string_view answer);

// Returns the number when `text` is one and nothing else but a currency, a percent sign or a unit.
[[nodiscard]] std::optional<TypedNumber> parse_number(std::string_view text);

// Equal up to a relative 1e-6. A percentage equals its fraction: 50% is 0.5 as well as 50.
[[nodiscard]] bool same_number(const TypedNumber& a, const TypedNumber& b);

}  // namespace ooe::interview
