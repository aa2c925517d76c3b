#include "interview/grade.h"

#include <array>
#include <string>
#include <utility>

#include <re2/re2.h>

#include "base/check.h"
#include "base/utf8.h"
#include "interview/choice_grader.h"
#include "interview/json_grader.h"
#include "interview/number_grader.h"
#include "interview/text_grader.h"
#include "interview/thought.h"

namespace ooe::interview {
namespace {

constexpr std::array<std::pair<std::string_view, GraderKind>, 9> kNames{{
    {"auto", GraderKind::automatic},
    {"choice", GraderKind::choice},
    {"number", GraderKind::number},
    {"text", GraderKind::text},
    {"exact", GraderKind::exact},
    {"regex", GraderKind::regex},
    {"json", GraderKind::json},
    {"program", GraderKind::program},
    {"judge", GraderKind::judge},
}};

RE2 pattern_of(const Question& question) {
  RE2::Options options;
  options.set_log_errors(false);
  return RE2(question.answer, options);
}

GraderKind automatic_kind(const Question& question) {
  if (!question.choices.empty()) return GraderKind::choice;
  return is_number(question.answer) ? GraderKind::number : GraderKind::text;
}

tl::unexpected<Error> unfit(const Question& question, std::string_view why,
                            std::string_view remedy) {
  return fail(ErrorCode::invalid_argument, "question '{}': its answer '{}' is {}; {}", question.id,
              question.answer.substr(0, 80), why, remedy);
}

std::string part_read(std::string_view answer) {
  return ends_of(answer, kReadFirstBytes, kReadLastBytes, "\n");
}

Graded matched(bool right) { return {right ? 1.0F : 0.0F, {}}; }

Graded grade_choice(const Question& question, std::string_view answer) {
  const ChoiceReading reading = read_choice(answer, question.choices);
  return {reading.letter && *reading.letter == question.answer.front() ? 1.0F : 0.0F,
          reading.reason};
}

Graded grade_number(const Question& question, std::string_view answer) {
  const NumberReading reading = read_number(answer);
  const bool right =
      reading.number && same_number(*reading.number, *parse_typed_number(question.answer));
  return {right ? 1.0F : 0.0F, reading.reason};
}

Graded grade_words(const Question& question, std::string_view answer) {
  if (final_text(answer).empty()) return {0.0F, "says nothing"};
  return matched(same_words(answer, question.answer));
}

Graded grade_exact(const Question& question, std::string_view answer) {
  if (final_text(answer).empty()) return {0.0F, "says nothing"};
  return matched(same_bytes(answer, question.answer));
}

Graded grade_json(const Question& question, std::string_view answer) {
  const auto same = same_json(answer, question.answer);
  return same ? matched(*same) : Graded{0.0F, "contains no JSON"};
}

}  // namespace

Result<GraderKind> parse_grader(std::string_view name) {
  std::string known;
  for (const auto& [word, kind] : kNames) {
    if (word == name) return kind;
    known += known.empty() ? word : ", " + std::string(word);
  }
  return fail(ErrorCode::invalid_argument, "there is no grader '{}'; give one of {}", name, known);
}

std::string ends_of(std::string_view answer, std::size_t first_bytes, std::size_t last_bytes,
                    std::string_view mark) {
  if (answer.size() <= first_bytes + last_bytes) return std::string(answer);
  const auto inside = [answer](std::size_t at) {
    return at < answer.size() && continues_character(answer[at]);
  };
  constexpr std::size_t kCharacterBytesMax = 4;
  std::size_t first = first_bytes;
  std::size_t last = answer.size() - last_bytes;
  for (std::size_t i = 1; i < kCharacterBytesMax && first > 0 && inside(first); ++i) --first;
  for (std::size_t i = 1; i < kCharacterBytesMax && inside(last); ++i) ++last;
  std::string ends(answer.substr(0, first));
  ends += mark;
  ends += answer.substr(last);
  return ends;
}

Result<Grader> grader_of(const Question& question, GraderKind kind) {
  if (question.answer.empty()) {
    return fail(ErrorCode::invalid_argument, "question '{}': its answer is unknown", question.id);
  }
  if (kind == GraderKind::automatic) kind = automatic_kind(question);
  switch (kind) {
    case GraderKind::choice:
      if (question.choices.empty()) return unfit(question, "no choice", "give it 'choices'");
      return kChoiceGrader;
    case GraderKind::number:
      if (!parse_typed_number(question.answer)) {
        return unfit(question, "no number", "use another --grader");
      }
      return kNumberGrader;
    case GraderKind::exact:
      return kExactGrader;
    case GraderKind::regex:
      if (!pattern_of(question).ok()) return unfit(question, "no RE2 pattern", "mend it");
      return kRegexGrader;
    case GraderKind::json:
      if (!is_json(question.answer)) return unfit(question, "no JSON", "use another --grader");
      return kJsonGrader;
    case GraderKind::program:
      return kProgramGrader;
    case GraderKind::judge:
      return kJudgeGrader;
    case GraderKind::text:
    case GraderKind::automatic:
      break;
  }
  return kTextGrader;
}

Graded grade(const Grader& grader, const Question& question, std::string_view answer) {
  answer = without_thoughts(answer);
  switch (grader.kind) {
    case GraderKind::choice:
      return grade_choice(question, part_read(answer));
    case GraderKind::number:
      return grade_number(question, part_read(answer));
    case GraderKind::text:
      return grade_words(question, part_read(answer));
    case GraderKind::exact:
      return grade_exact(question, answer);
    case GraderKind::regex:
      return matched(
          RE2::PartialMatch(re2::StringPiece(answer.data(), answer.size()), pattern_of(question)));
    case GraderKind::json:
      return grade_json(question, answer);
    case GraderKind::automatic:
    case GraderKind::program:
    case GraderKind::judge:
      break;
  }
  OOE_CHECK(false, "grade() is asked for an instant grader");
  return {};
}

}  // namespace ooe::interview
