// Which choice does an answer settle on? Experts say it in many ways: "C", "(c)", "**C**",
// "C) Paris", "The answer is (C).", "\boxed{C}", "Paris", or a page of reasoning that rules out the
// others first. What is said in so many words (final_answer.h) beats what is stated elsewhere,
// which beats what is merely mentioned, hedged or supposed; a later statement beats an earlier one,
// and an answer that keeps two choices open settles on none: a guess counts only where no other
// choice is named. What is left over when all others are ruled out is stated.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ooe::interview {

struct ChoiceReading {
  std::optional<char> letter;  // 'A', ...; nothing when the answer does not settle
  std::string_view reason;     // why not; empty with a letter
};

[[nodiscard]] inline ChoiceReading settled(char letter) { return {letter, {}}; }

// Requires: at most kChoicesMax choices.
[[nodiscard]] ChoiceReading read_choice(std::string_view answer,
                                        std::span<const std::string> choices);

}  // namespace ooe::interview
