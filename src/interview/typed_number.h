// Numbers as people type them, found in a text: their digits, signs, currencies, fractions, powers
// and multiples. Which of several counts is number_grader.h.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace ooe::interview {

// A number as typed: "$1,234.50", "1 000 000", "-3", "minus 3", "3/4", "\frac34", "1.5e-3", "10^2",
// "6.02 * 10^23", "50%", "2 million", "$1.5M"; behind "Answer:" also "seven". Fractions and
// exponents of a single character are read too. A time ("2:30") and a place in an order ("4th") are
// none.
struct TypedNumber {
  double value = 0.0;
  bool percent = false;  // typed with a percent sign: means value, or value / 100
};

// A number and where it stands in the text.
struct FoundNumber {
  std::size_t begin = 0;
  std::size_t end = 0;
  TypedNumber number;
};

// Reads a number that begins exactly at `at`, its sign and currency included.
[[nodiscard]] std::optional<FoundNumber> number_at(std::string_view text, std::size_t at);

// The numbers of a text in their order; no ratios, no times, no digits inside words.
[[nodiscard]] std::vector<FoundNumber> numbers_in(std::string_view text);

// "2nd", "5th": a place in an order, not an amount.
[[nodiscard]] bool is_ordinal(std::string_view text, std::size_t end);

// The value of "seven", "Twenty-one", "one million", when `text` says nothing else.
[[nodiscard]] std::optional<double> spelled_number(std::string_view text);

}  // namespace ooe::interview
