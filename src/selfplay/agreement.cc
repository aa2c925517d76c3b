#include "selfplay/agreement.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.h"
#include "interview/choice_grader.h"
#include "interview/grade.h"
#include "interview/number_grader.h"
#include "interview/text_grader.h"
#include "interview/thought.h"

namespace ooe::selfplay {
namespace {

// What one answer settles on, as a question's answer would be written; empty when on nothing.
std::string conclusion_of(const Question& question, const std::string& whole) {
  const std::string_view answer = interview::without_thoughts(whole);
  if (!question.choices.empty()) {
    const auto letter = interview::read_choice(answer, question.choices).letter;
    return letter ? std::string(1, *letter) : std::string();
  }
  if (!interview::parse_typed_number(question.answer)) {
    return std::string(interview::final_text(answer));
  }
  const auto number = interview::read_number(answer).number;
  return number ? fmt::format("{}{}", number->value, number->percent ? "%" : "") : std::string();
}

}  // namespace

bool is_right(const Question& question, const std::string& answer) {
  const auto grader = interview::grader_of(question);
  OOE_CHECK(grader.has_value(), "only questions with an answer are compared with");
  return interview::grade(*grader, question, answer).score >= 0.5F;
}

Settlement settlement_of(std::span<const std::optional<bool>> right) {
  const auto count = [&](bool value) {
    return static_cast<std::size_t>(std::ranges::count(right, std::optional(value)));
  };
  const std::size_t agree = count(true);
  const std::size_t asked = agree + count(false);
  Settlement settlement{.settled = is_settled(agree, asked)};
  for (std::size_t i = 0; settlement.settled && i < right.size(); ++i) {
    if (right[i] && is_settled(agree - (*right[i] ? 1U : 0U), asked - 1)) {
      settlement.free_to_err.push_back(i);
    }
  }
  return settlement;
}

std::optional<std::string> agreed_answer(const Question& question,
                                         std::span<const std::string> answers) {
  Question proposed = question;
  for (const std::string& answer : answers) {
    proposed.answer = conclusion_of(question, answer);
    if (proposed.answer.empty()) continue;
    const auto right = std::ranges::count_if(
        answers, [&](const std::string& other) { return is_right(proposed, other); });
    if (is_settled(static_cast<std::size_t>(right), answers.size())) return proposed.answer;
  }
  return std::nullopt;
}

JudgeNoise try_agreement(std::span<const AgreementTrial> trials) {
  JudgeNoise noise;
  for (const AgreementTrial& trial : trials) {
    for (std::size_t i = 0; i < trial.answers.size(); ++i) {
      std::vector<std::string> others = trial.answers;
      others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
      Question agreed = trial.question;
      const auto answer = agreed_answer(agreed, others);
      if (!answer) continue;
      agreed.answer = *answer;
      noise.observe(is_right(agreed, trial.answers[i]) ? 1.0 : 0.0,
                    is_right(trial.question, trial.answers[i]));
    }
  }
  return noise;
}

}  // namespace ooe::selfplay
