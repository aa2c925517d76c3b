// The fine-tuning set of an own model that is to answer what it can and say the tag for the rest,
// and of an LLM that is to name the expert who should answer: chat lines as common trainers read
// them, split into training and validation by the hash of the query, with a card that states where
// they come from. In: outcomes, answers, predictions. Out: lines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/outcome.h"
#include "core/prediction.h"
#include "dedicated/pair.h"

namespace ooe::dedicated {

// By which a card is known for one of ours.
inline constexpr std::string_view kMadeByExport = "Made by `ooe dedicated export` from ";

// One conversation and what belongs to it.
struct TrainingLine {
  QueryId query;
  std::string json;  // one line: {"messages":[...]}
  bool defers = false;
};

struct TrainingSet {
  std::vector<TrainingLine> train;
  std::vector<TrainingLine> validation;
  double ownership = 0.0;          // of all lines
  std::size_t without_answer = 0;  // left out: the own expert's right answer has no text
  std::size_t repeated = 0;        // left out: another line has the same query

  [[nodiscard]] std::size_t size() const { return train.size() + validation.size(); }
};

struct TrainingSetOptions {
  double ownership = 0.5;  // of the lines: the others say the tag
  std::string tag = "<GPT4>";
  double validation = 0.1;          // share of queries, by their hash
  bool learn_from_generic = false;  // where the own expert was wrong, the generic's answer instead
                                    // of the tag, as far as ownership asks for it
  std::uint64_t seed = 1;
};

// The words of an answer to a row; nothing when they are not known.
using AnswerText = std::function<std::optional<std::string>(std::size_t row, std::size_t expert)>;

// The most ownership that can be taught: the share of lines for which a right answer is known, the
// own expert's, or, where it is to learn from it, the generic's. Errors: invalid_argument when the
// options ask for more, naming it, or when no line is left.
[[nodiscard]] Result<double> ownership_max(const Dataset& data, const Pair& pair,
                                           const AnswerText& answer,
                                           const TrainingSetOptions& options);

// Rows are ranked by what happened, own score less generic's, then by the predicted difference;
// the first `ownership` of them are answered and the others defer. So the own expert is taught to
// answer where it is right, and to defer first where the other is right and it is not.
// `predictions`: of the whole table, out of fold. Errors: those of ownership_max().
[[nodiscard]] Result<TrainingSet> deferral_set(const Dataset& data, const Pair& pair,
                                               std::span<const Prediction> predictions,
                                               const AnswerText& answer,
                                               const TrainingSetOptions& options);

// Each query with the tags of all experts that answered it right, and, as the line to learn, that
// of the cheapest of them (ties: the better on average); queries that nobody answered right name
// the best on average. `usd`: [n_queries, n_experts], what answers cost; NaN where unknown.
[[nodiscard]] Result<TrainingSet> orchestrator_set(const Dataset& data, std::span<const float> usd,
                                                   const TrainingSetOptions& options);

// A card in Markdown: sources, counts, expected ownership.
struct CardFacts {
  std::string title;
  std::string source;  // of the outcomes
  std::vector<std::string> notes;
};
[[nodiscard]] std::string card_of(const TrainingSet& set, const TrainingSetOptions& options,
                                  const CardFacts& facts);

}  // namespace ooe::dedicated
