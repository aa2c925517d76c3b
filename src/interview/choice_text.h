// Answers that name a choice by its text: "Paris" for "C. Paris".
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "interview/choice_grader.h"
#include "interview/choice_words.h"

namespace ooe::interview {

inline constexpr std::string_view kNamesNoChoice = "names no choice";
inline constexpr std::string_view kNamesSeveral = "leaves more than one choice open";

// Returns the choice whose text is in `plain` (plain_text.h), the only one, or behind "answer" or
// "=" the only one, or what read_named() returns.
[[nodiscard]] ChoiceReading read_text(const std::string& plain,
                                      std::span<const std::string> choices);

// Returns the choice whose text the answer states, or that is left over when it rules out all
// others: "It could be Paris, but it is Bonn.", "Rome and Oslo are wrong, which leaves Bonn."
[[nodiscard]] std::optional<char> read_named(const std::string& plain,
                                             std::span<const std::string> choices);

// The only letter of `choices` that the words do not exclude (choice_claims.h).
[[nodiscard]] std::optional<char> only_left(const Words& words, std::size_t choices);

// The choice whose text `said` is, all of it: "A base" names no letter. Nothing for several.
[[nodiscard]] std::optional<char> letter_of_text(std::string_view said,
                                                 std::span<const std::string> choices);

}  // namespace ooe::interview
