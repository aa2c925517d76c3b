// Answers that name a choice by its text: "Paris" for "C. Paris".
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "interview/choice_grader.h"

namespace ooe::interview {

inline constexpr std::string_view kNamesNoChoice = "names no choice";
inline constexpr std::string_view kNamesSeveral = "leaves more than one choice open";

// Returns the choice whose text is in `plain` (plain_text.h), the only one, or behind "answer" or
// "=" the only one.
[[nodiscard]] ChoiceReading read_text(const std::string& plain,
                                      std::span<const std::string> choices);

// The choice whose text `said` is, all of it: "A base" names no letter. Nothing for several.
[[nodiscard]] std::optional<char> letter_of_text(std::string_view said,
                                                 std::span<const std::string> choices);

}  // namespace ooe::interview
