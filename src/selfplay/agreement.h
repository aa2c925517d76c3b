// What strong experts agree on, and how far that can be believed. A question whose writer may be
// wrong is settled when those who are asked, and are not told its answer, come to the same; on
// questions whose answers are known, two of them play the writer's part for a third, which tells
// how often a settled answer misleads. In: questions, words of answers. Out: answers, a JudgeNoise.
// Pure. Knows: core, interview's graders.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/question.h"
#include "selfplay/judge_noise.h"

namespace ooe::selfplay {

// Whether `right` of `asked` strong experts that came to the writer's answer settle it: at least
// two, and two thirds.
[[nodiscard]] constexpr bool is_settled(std::size_t right, std::size_t asked) {
  return right >= 2 && 3 * right >= 2 * asked;
}

// Whether the answer comes to the question's own. Requires: a grader can compare with it.
[[nodiscard]] bool is_right(const Question& question, const std::string& answer);

// What comes of settlers' answers to one question. right[i]: whether that of settler i comes to the
// writer's; nothing: there is none.
struct Settlement {
  bool settled = false;
  // Settlers without whom the others would have settled it too: their answers, right or wrong, are
  // outcomes like all others. Those of the others agree by choice, and teach nothing.
  std::vector<std::size_t> free_to_err = {};
};
[[nodiscard]] Settlement settlement_of(std::span<const std::optional<bool>> right);

// The answer, as a question would have it, that enough of these come to for is_settled(); nothing
// when there is none. The question's own answer says of what kind it is, no more.
[[nodiscard]] std::optional<std::string> agreed_answer(const Question& question,
                                                       std::span<const std::string> answers);

// A question whose answer is known, and what strong experts said.
struct AgreementTrial {
  Question question;
  std::vector<std::string> answers;  // [experts]
};

// Each answer in turn is judged by what the others agree on, where they do. It is stricter than
// life, where the writer has to agree as well.
// Requires: a grader can compare with each question's answer.
[[nodiscard]] JudgeNoise try_agreement(std::span<const AgreementTrial> trials);

}  // namespace ooe::selfplay
