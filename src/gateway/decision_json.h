// A decision as JSON: what POST /v1/orchestrate answers and `ooe route --json` prints.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/decision.h"
#include "core/expert.h"
#include "core/prediction.h"
#include "core/query.h"
#include "orchestrator/nearest_questions.h"
#include "policy/explain.h"

namespace ooe::gateway {

inline constexpr std::size_t kNearestShown = 5;  // questions that resemble the query

// What there is to say about a decision. All [n_experts] in the catalogue's order, but `nearest`.
struct ExplainedDecision {
  std::string_view model;
  const Query& query;
  std::span<const Expert> experts;
  std::span<const Prediction> predictions;
  const Decision& decision;
  std::span<const policy::Counterfactual> changes;
  std::span<const orchestrator::NearQuestion> nearest;        // the most similar first
  std::optional<policy::Incumbent> incumbent = std::nullopt;  // of a conversation that goes on
  std::vector<bool> shown = {};  // [n_experts]: who asks may hear of them; empty: of all
};

// {"object":"ooe.decision","model","privacy","privacy_reasons","query_id","chosen","plan":[...],
// "experts":[{"name","verdict","redacted","quality","quality_sd","output_tokens","cost_usd",
// "first_token_ms","total_ms","utility","changes_at":{"quality","cost_usd"}}],
// "nearest":[{"question","benchmark","subject","similarity","scores":{name:score}}],
// "incumbent":{"name","cache_usd","handoff_quality"}}; `redacted`: it would get placeholders for
// what the detector found; `chosen` is null when nobody may answer, `incumbent` when no
// conversation goes on. Texts of questions stay here: who may ask for a decision need not know
// them.
[[nodiscard]] std::string decision_json(const ExplainedDecision& explained);

}  // namespace ooe::gateway
