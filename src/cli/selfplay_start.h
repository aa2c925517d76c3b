// What rounds of self-play start from: who takes part, the exam, what users ask, which questions
// are known, the journal with what a killed process left in it. In: the command line, the
// configuration, what is on record. Out: plain structs; nobody is asked.
// Knows: selfplay, dataset, predictor, selfplay_desk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/money.h"
#include "base/result.h"
#include "cli/config.h"
#include "cli/output.h"
#include "cli/selfplay_desk.h"
#include "core/expert.h"
#include "core/question.h"
#include "predictor/model.h"
#include "selfplay/exam.h"
#include "selfplay/family.h"
#include "selfplay/generator.h"
#include "selfplay/loop.h"
#include "selfplay/question_filter.h"

namespace ooe::cli {

// As the command line has them; add_selfplay() says what they are for.
struct SelfplayOptions {
  std::string config = "ooe.toml";
  std::string experts;
  std::string budget_usd;
  std::string focus;
  std::string exam;
  std::string traffic;
  std::vector<std::string> test_sets;
  std::string generate_only;
  std::string writer;
  std::string topics;
  std::string judge;
  std::optional<std::size_t> exam_size;  // nothing: 200
  std::uint64_t seed = 1;
  JsonOption json;
  selfplay::LoopOptions loop;
};

using Families = std::vector<const selfplay::Family*>;

struct SelfplayCast {
  std::vector<Expert> experts;  // two at least: whom rounds ask and learn about
  std::optional<Expert> writer;
  std::optional<Expert> judge;
};
// Errors: invalid_argument for who is not in the catalogue, and for too few.
[[nodiscard]] Result<SelfplayCast> cast_of(const SelfplayOptions& options, const Config& config);

// What a round may choose from of generated questions; the same for the same round.
[[nodiscard]] selfplay::Generated pool_of(const SelfplayOptions& options, const Families& families,
                                          int round, std::size_t count,
                                          const selfplay::QuestionFilter& filter);

// What users ask: a file of theirs; else what is on record and what is generated. Never a question
// of the exam, whichever run has put it on record. Errors: those of the file, and for one without
// any other question.
[[nodiscard]] Result<std::vector<Question>> targets_of(const SelfplayOptions& options,
                                                       const Families& families,
                                                       std::span<const Question> on_record,
                                                       const selfplay::HeldOut& exam);

// The exam and what all rounds would choose from, for a question bank of simulated experts, or to
// look at. Errors: those of the files that are named.
[[nodiscard]] Result<std::vector<Question>> all_to_choose_from(const SelfplayOptions& options,
                                                               const Families& families);

struct SelfplayStart {
  selfplay::Journal journal;  // the one at `journal_path`, or a new one
  std::vector<Question> targets;
  selfplay::QuestionFilter filter;  // knows exam, test sets and what is on record
  std::optional<predictor::Model> current;
  selfplay::LoopOptions how;
};
// Errors: those of the files that are named; invalid_argument when the rounds on record were begun
// otherwise.
[[nodiscard]] Result<SelfplayStart> start_of(const SelfplayOptions& options, Usd budget,
                                             const Families& families, const Config& config,
                                             const SelfplayCast& cast, const SelfplayDesk& desk,
                                             const std::string& journal_path);

}  // namespace ooe::cli
