// What rounds of self-play start from, as the command line and the configuration say it: who takes
// part, the questions they work with (selfplay/question_sources.h), the journal with what a killed
// process left in it. In: the command line, the configuration, what is on record. Out: plain
// structs; nobody is asked. Knows: selfplay, dataset, predictor.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/money.h"
#include "base/result.h"
#include "cli/config.h"
#include "cli/output.h"
#include "core/expert.h"
#include "core/question.h"
#include "predictor/model.h"
#include "selfplay/desk.h"
#include "selfplay/loop.h"
#include "selfplay/question_filter.h"
#include "selfplay/question_sources.h"

namespace ooe::cli {

// As the command line has them; add_selfplay() says what they are for.
struct SelfplayOptions {
  std::string config = "ooe.toml";
  std::string experts;
  std::string budget_usd;
  std::string generate_only;
  std::string writer;
  std::string topics;
  std::string judge;
  JsonOption json;
  selfplay::QuestionSources sources;
  selfplay::LoopOptions loop;
};

struct SelfplayCast {
  std::vector<Expert> experts;  // two at least: whom rounds ask and learn about
  std::optional<Expert> writer;
  std::optional<Expert> judge;
};
// Errors: invalid_argument for who is not in the catalogue, and for too few.
[[nodiscard]] Result<SelfplayCast> cast_of(const SelfplayOptions& options, const Config& config);

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
                                             const selfplay::Families& families,
                                             const Config& config, const SelfplayCast& cast,
                                             const selfplay::Desk& desk,
                                             const std::string& journal_path);

}  // namespace ooe::cli
