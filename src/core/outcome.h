// Outcomes: how well experts answered questions, as a table of what one interview measured and as a
// matrix for mathematics.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/expert.h"
#include "core/question.h"

namespace ooe {

inline constexpr float kNotMeasured = std::numeric_limits<float>::quiet_NaN();

// One expert's graded answer to one question.
struct Outcome {
  std::string question_id;
  std::string expert;
  float score = 0.0F;  // in [0, 1]
  TokenCounts tokens;
  std::optional<Usd> cost;
  std::int64_t latency_ms = 0;
  std::string grader;  // name and version, "choice/1"
};

// Returns the place of the expert in a list of exact names; nothing when it is not there.
[[nodiscard]] inline std::optional<std::size_t> column_of(std::span<const std::string> experts,
                                                          std::string_view expert) {
  for (std::size_t i = 0; i < experts.size(); ++i) {
    if (experts[i] == expert) return i;
  }
  return std::nullopt;
}

// Scores and what they cost. Shape: every matrix is [n_queries, n_experts], row-major; NaN where
// not measured.
struct OutcomeMatrix {
  std::vector<std::string> question_ids;  // [n_queries]
  std::vector<std::string> experts;       // [n_experts], exact column names
  std::vector<float> score;               // in [0, 1]
  std::vector<float> cost_usd;            // of each recorded answer; empty when no usage was given
  std::vector<float> input_tokens;        // as cost_usd
  std::vector<float> output_tokens;       // as cost_usd

  [[nodiscard]] std::size_t n_queries() const { return question_ids.size(); }
  [[nodiscard]] std::size_t n_experts() const { return experts.size(); }
  [[nodiscard]] std::size_t at(std::size_t query, std::size_t expert) const {
    return query * experts.size() + expert;
  }
  [[nodiscard]] std::span<const float> row(std::size_t query) const {
    return std::span(score).subspan(query * experts.size(), experts.size());
  }
  [[nodiscard]] std::optional<std::size_t> column_of(std::string_view expert) const {
    return ooe::column_of(experts, expert);
  }
};

// What training and evaluation read: questions[i] belongs to row i of the outcomes.
struct Dataset {
  std::vector<Question> questions;
  std::vector<std::string> texts;  // presented text of each question, see presented_text()
  std::vector<QueryId> query_ids;  // of the texts
  OutcomeMatrix outcomes;
  std::vector<std::optional<Prices>> prices;  // [n_experts]
};

}  // namespace ooe
