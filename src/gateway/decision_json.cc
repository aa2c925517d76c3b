#include "gateway/decision_json.h"

#include <chrono>
#include <cmath>
#include <optional>

#include <nlohmann/json.hpp>

#include "base/check.h"
#include "policy/why_nobody.h"

namespace ooe::gateway {
namespace {

using nlohmann::ordered_json;

template <class T>
ordered_json or_null(const std::optional<T>& value) {
  return value ? ordered_json(*value) : ordered_json(nullptr);
}

ordered_json or_null(const std::optional<Usd>& cost) {
  return cost ? ordered_json(to_double(*cost)) : ordered_json(nullptr);
}

ordered_json or_null(const std::optional<std::chrono::milliseconds>& time) {
  return time ? ordered_json(time->count()) : ordered_json(nullptr);
}

ordered_json experts_json(const ExplainedDecision& explained) {
  ordered_json rows = ordered_json::array();
  for (std::size_t i = 0; i < explained.experts.size(); ++i) {
    if (!policy::is_shown(i, explained.shown)) continue;
    const Prediction& prediction = explained.predictions[i];
    const ExpertVerdict& verdict = explained.decision.verdicts[i];
    rows.push_back({{"name", explained.experts[i].name},
                    {"verdict", to_string(verdict.verdict)},
                    {"redacted", sees_redacted(explained.experts[i], explained.query)},
                    {"quality", prediction.quality},
                    {"quality_sd", prediction.quality_sd},
                    {"output_tokens", prediction.output_tokens},
                    {"cost_usd", or_null(prediction.cost)},
                    {"first_token_ms", or_null(prediction.first_token)},
                    {"total_ms", or_null(prediction.total)},
                    {"utility", verdict.utility},
                    {"changes_at",
                     {{"quality", or_null(explained.changes[i].quality)},
                      {"cost_usd", or_null(explained.changes[i].cost_usd)}}}});
  }
  return rows;
}

ordered_json nearest_json(const ExplainedDecision& explained) {
  ordered_json rows = ordered_json::array();
  for (const orchestrator::NearQuestion& question : explained.nearest) {
    ordered_json scores = ordered_json::object();
    for (std::size_t i = 0; i < explained.experts.size(); ++i) {
      if (policy::is_shown(i, explained.shown) && !std::isnan(question.scores[i])) {
        scores[explained.experts[i].name] = question.scores[i];
      }
    }
    rows.push_back({{"question", question.id},
                    {"benchmark", question.benchmark},
                    {"subject", question.subject},
                    {"similarity", question.similarity},
                    {"scores", scores}});
  }
  return rows;
}

ordered_json incumbent_json(const ExplainedDecision& explained) {
  if (!explained.incumbent) return nullptr;
  return {{"name", explained.experts[explained.incumbent->expert.index()].name},
          {"cache_usd", to_double(explained.incumbent->cache)},
          {"handoff_quality", explained.incumbent->handoff}};
}

}  // namespace

std::string decision_json(const ExplainedDecision& explained) {
  OOE_CHECK(explained.changes.size() == explained.experts.size(), "one explanation an expert");
  ordered_json plan = ordered_json::array();
  for (const ExpertId expert : explained.decision.plan) {
    if (policy::is_shown(expert.index(), explained.shown)) {
      plan.push_back(explained.experts[expert.index()].name);
    }
  }
  const ordered_json body = {{"object", "ooe.decision"},
                             {"model", explained.model},
                             {"privacy", to_string(explained.query.privacy)},
                             {"privacy_reasons", explained.query.privacy_reasons},
                             {"query_id", to_hex(query_id(explained.query.text))},
                             {"chosen", plan.empty() ? ordered_json(nullptr) : plan.front()},
                             {"plan", plan},
                             {"experts", experts_json(explained)},
                             {"nearest", nearest_json(explained)},
                             {"incumbent", incumbent_json(explained)}};
  return body.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace ooe::gateway
