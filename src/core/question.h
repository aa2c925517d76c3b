// A question of a benchmark: a query with a known answer, by which experts are examined.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"

namespace ooe {

struct Question {
  std::string id;  // unique within a file
  std::string benchmark;
  std::string split;    // "train", "validation", "dev", "test" or empty
  std::string subject;  // labels for training and reports; never a feature of a live query
  std::string category;
  std::string question;
  std::vector<std::string> choices;  // at most 26, lettered A, B, ...; empty: an open question
  std::string answer;                // a letter when there are choices; empty: unknown
};

inline constexpr std::size_t kChoicesMax = 26;

// A question with the way to its answer, to be shown before another question is asked.
struct WorkedExample {
  Question question;     // with its answer
  std::string solution;  // the steps before the answer; empty when only the answer is known
};

// Returns the text presented to features and to experts alike: the question, then one line per
// choice, "A. ...".
[[nodiscard]] std::string presented_text(const Question& question);

// Returns only what follows the last worked example of a few-shot prompt (the last block after an
// empty line that follows a line starting with "Answer"), or the whole text when there is none.
[[nodiscard]] std::string_view last_block(std::string_view text);

}  // namespace ooe
