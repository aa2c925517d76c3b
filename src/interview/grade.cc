#include "interview/grade.h"

#include "base/check.h"
#include "interview/choice_grader.h"
#include "interview/number_grader.h"

namespace ooe::interview {

std::optional<Grader> grader_of(const Question& question) {
  if (question.answer.empty()) return std::nullopt;
  if (!question.choices.empty()) return kChoiceGrader;
  if (parse_number(question.answer)) return kNumberGrader;
  return std::nullopt;
}

Graded grade(const Question& question, std::string_view answer) {
  OOE_CHECK(grader_of(question), "the question has an answer to compare with");
  if (!question.choices.empty()) {
    const ChoiceReading reading = read_choice(answer, question.choices);
    const bool right = reading.letter && *reading.letter == question.answer.front();
    return {right ? 1.0F : 0.0F, reading.reason};
  }
  const NumberReading reading = read_number(answer);
  const bool right = reading.number && same_number(*reading.number, *parse_number(question.answer));
  return {right ? 1.0F : 0.0F, reading.reason};
}

}  // namespace ooe::interview
