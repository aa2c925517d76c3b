// Which number does an answer settle on? What it says in so many words (final_answer.h: "Answer:
// 42", "\boxed{42}"; "#### 42") beats what is marked ("the answer is 42"), which beats what is not;
// a later one beats an earlier one. Of what is marked the first number counts, or the last where a
// case comes first ("for 16 glasses, Kylar pays $64"); an equation that explains it ("5 because 5 *
// 3 = 15") does not, one that ends in it ("3 + 4 = 7") does. Without any mark it is the last
// number, or what the last sentence with a number says after its last "=". "Not 18" is no 18.
#pragma once

#include <optional>
#include <string_view>

#include "interview/typed_number.h"

namespace ooe::interview {

struct NumberReading {
  std::optional<TypedNumber> number;
  std::string_view reason;  // why there is none; empty with a number
};

[[nodiscard]] NumberReading read_number(std::string_view answer);

// Returns the number that `text` begins with, when no other follows it: "72", "3x", "50 Cent".
[[nodiscard]] std::optional<TypedNumber> parse_typed_number(std::string_view text);

// `text` is a number and nothing else but a currency, a percent sign or a short unit: "72", "$18",
// "42 km", not "3x", "2\pi", "4th of July" or "50 Cent".
[[nodiscard]] bool is_number(std::string_view text);

// Equal up to a relative 1e-6. A percentage equals its fraction: 50% is 0.5 as well as 50. Only a
// truth below 1 without a percent sign is a share: 0.5% is not 0.5.
[[nodiscard]] bool same_number(const TypedNumber& answer, const TypedNumber& truth);

}  // namespace ooe::interview
