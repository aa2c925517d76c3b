// Grading: how well an answer does on a question whose answer is known. A grader has a version;
// whoever changes what it says raises the version, and old answers can be graded anew for free.
// In: a question, the text of an answer. Out: a score in [0, 1]. Knows: core.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "core/question.h"

namespace ooe::interview {

enum class GraderKind {
  automatic,  // by the question: choice, number, else text
  choice,     // choice_grader.h: the letter
  number,     // number_grader.h: the number, however it is typed
  text,       // text_grader.h: the same words and signs; case and articles aside
  exact,      // text_grader.h: the same bytes, but for white space at the ends
  regex,      // the question's answer is an RE2 pattern that the answer must match somewhere
  json,       // json_grader.h: the same JSON value
  program,    // program_grader.h: what the answer's program prints, in the user's sandbox
  judge,      // judge.h: another expert's verdict
};

// Graders that need neither a process nor a call: grade() is theirs.
[[nodiscard]] constexpr bool is_instant(GraderKind kind) {
  return kind != GraderKind::program && kind != GraderKind::judge;
}

struct Grader {
  GraderKind kind = GraderKind::automatic;
  std::string_view name;
  std::int32_t version = 1;
};

inline constexpr Grader kChoiceGrader{GraderKind::choice, "choice", 5};
inline constexpr Grader kNumberGrader{GraderKind::number, "number", 5};
inline constexpr Grader kTextGrader{GraderKind::text, "text", 4};
inline constexpr Grader kExactGrader{GraderKind::exact, "exact", 4};
inline constexpr Grader kRegexGrader{GraderKind::regex, "regex", 2};
inline constexpr Grader kJsonGrader{GraderKind::json, "json", 2};

inline constexpr Grader kProgramGrader{GraderKind::program, "program", 3};
inline constexpr Grader kJudgeGrader{GraderKind::judge, "judge", 2};  // by name: judge_grader()

struct Graded {
  float score = 0.0F;       // 1: right; 0: wrong, ambiguous or no answer at all
  std::string_view reason;  // why an answer could not be read; empty when it was
};

// Errors: invalid_argument, listing the names.
[[nodiscard]] Result<GraderKind> parse_grader(std::string_view name);

// Returns who grades answers to `question`; `kind` is never automatic in it.
// Errors: invalid_argument, naming the question, when its answer is unknown or is nothing this
// grader can compare with.
[[nodiscard]] Result<Grader> grader_of(const Question& question,
                                       GraderKind kind = GraderKind::automatic);

// A thought before the answer (thought.h) is none of it: no grader is shown any, the judge neither.
//
// Of a longer answer, the graders of words, letters and numbers read the first and the last part:
// what it settles on stands at an end, and hostile text costs no more than this.
inline constexpr std::size_t kReadFirstBytes = std::size_t{2} << 10U;
inline constexpr std::size_t kReadLastBytes = std::size_t{30} << 10U;

// Returns the first and the last bytes of a longer answer, `mark` between them, no character of
// UTF-8 cut in two.
[[nodiscard]] std::string ends_of(std::string_view answer, std::size_t first_bytes,
                                  std::size_t last_bytes, std::string_view mark);

// Requires: an instant grader that grader_of returned for the question. Threads: any.
[[nodiscard]] Graded grade(const Grader& grader, const Question& question, std::string_view answer);

}  // namespace ooe::interview
