// Where an answer says in so many words what it settles on: a line that begins with "Answer:" or
// "Final answer:", as our prompts ask for, such a heading, or a "\boxed{}". What is said there
// beats whatever else an answer mentions, and a later one beats an earlier one: "I hope this answer
// is helpful" below it is no answer.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace ooe::interview {

struct FinalAnswer {
  std::size_t begin = 0;  // of what is announced, up to the end of its line or box
  std::size_t end = 0;
  bool same_line = true;  // false below a heading, where a dash may head a list
};

// More than these many lines or boxes say nothing that the last of them do not.
inline constexpr std::size_t kFinalAnswersMax = 32;

// Returns those that say anything, in the order they begin; at most the last kFinalAnswersMax lines
// and boxes.
[[nodiscard]] std::vector<FinalAnswer> final_answers(std::string_view text);

}  // namespace ooe::interview
