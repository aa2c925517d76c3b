// The questions that rounds of self-play work with, beside what an expert writes: the exam, what
// users ask, what is close to questions that are not to be asked, what may be chosen from. All
// follow from the seed, from files of the user's and from what is on record. In: sources. Out:
// questions and the filter; nobody is asked. Knows: dataset.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/question.h"
#include "selfplay/exam.h"
#include "selfplay/family.h"
#include "selfplay/generator.h"
#include "selfplay/question_filter.h"

namespace ooe::selfplay {

using Families = std::vector<const Family*>;

inline constexpr std::size_t kExamSize = 200;  // of a generated exam, unless somebody says another

struct QuestionSources {
  std::string focus = {};                               // as families_of() takes it
  std::string exam = {};                                // a file; empty: generated
  std::optional<std::size_t> exam_size = std::nullopt;  // of a generated one; nothing: kExamSize
  std::string traffic = {};                             // a file of questions as users ask them
  std::vector<std::string> test_sets = {};              // files of what is never to be asked
  std::uint64_t seed = 1;                               // of all that is generated
};

// The questions no model is trained on: a file of the user's, or generated. Errors: those of the
// file, and for one without a question.
[[nodiscard]] Result<std::vector<Question>> make_exam(const QuestionSources& sources,
                                                      const Families& families);

// Knows the exam, the test sets and what is on record. `unplanned_round`: a killed one, whose
// written questions are to be admitted again; 0: none. Errors: those of the files.
[[nodiscard]] Result<QuestionFilter> make_filter(const QuestionSources& sources,
                                                 std::span<const Question> exam,
                                                 std::span<const Question> on_record,
                                                 int unplanned_round = 0);

// What a round may choose from of generated questions; the same for the same round.
[[nodiscard]] Generated pool_of(const QuestionSources& sources, const Families& families, int round,
                                std::size_t count, const QuestionFilter& filter);

// What users ask: a file of theirs; else what is on record and what is generated. Never a question
// of the exam, whichever run has put it on record. Errors: those of the file, and for one without
// any other question.
[[nodiscard]] Result<std::vector<Question>> targets_of(const QuestionSources& sources,
                                                       const Families& families,
                                                       std::span<const Question> on_record,
                                                       const HeldOut& exam);

// The exam and what so many rounds would choose from, `pool` questions each, for a question bank of
// simulated experts, or to look at. Errors: those of the files that are named.
[[nodiscard]] Result<std::vector<Question>> all_to_choose_from(const QuestionSources& sources,
                                                               const Families& families, int rounds,
                                                               std::size_t pool);

}  // namespace ooe::selfplay
