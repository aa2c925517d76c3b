// Grading: how well an answer does on a question whose answer is known. A grader has a version;
// whoever changes what it says raises the version, and old answers can be graded anew for free.
// In: a question, the text of an answer. Out: a score in [0, 1]. Knows: core.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/question.h"

namespace ooe::interview {

struct Grader {
  std::string_view name;
  std::int32_t version = 1;
};

inline constexpr Grader kChoiceGrader{"choice", 1};  // choice_grader.h
inline constexpr Grader kNumberGrader{"number", 1};  // number_grader.h

struct Graded {
  float score = 0.0F;       // 1: right; 0: wrong, ambiguous or no answer at all
  std::string_view reason;  // why an answer could not be read; empty when it was
};

// Returns who can grade answers to `question`: nothing when its answer is unknown, or is neither a
// choice nor a number.
[[nodiscard]] std::optional<Grader> grader_of(const Question& question);

// Requires: grader_of(question).
[[nodiscard]] Graded grade(const Question& question, std::string_view answer);

}  // namespace ooe::interview
