// What a simulated expert says: real text in the manners of real models, right or wrong, for a
// grader to grade. A wrong answer is another choice's letter and text, a plausible wrong number,
// or, one time in twelve, a refusal or a hedge.
#pragma once

#include <string>
#include <string_view>

#include "base/rng.h"
#include "core/question.h"

namespace ooe::simulate {

// Returns true when answer_text() can tell right from wrong: the answer is known, and among the
// choices where there are any.
[[nodiscard]] bool has_known_answer(const Question& question);

// `verbosity` is the share of answers that are worked out step by step.
// Requires: has_known_answer(question).
[[nodiscard]] std::string answer_text(const Question& question, bool right, double verbosity,
                                      Rng& rng);

// Says that nobody is at home: for everything that is not in the question bank.
[[nodiscard]] std::string placeholder_text(std::string_view expert);

}  // namespace ooe::simulate
