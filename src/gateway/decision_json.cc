#include "gateway/decision_json.h"

#include <nlohmann/json.hpp>

namespace ooe::gateway {

std::string decision_json(std::string_view model, const Query& query,
                          std::span<const Expert> experts, std::span<const Prediction> predictions,
                          const Decision& decision) {
  using nlohmann::ordered_json;
  ordered_json plan = ordered_json::array();
  for (const ExpertId expert : decision.plan) plan.push_back(experts[expert.index()].name);
  ordered_json rows = ordered_json::array();
  for (std::size_t i = 0; i < experts.size(); ++i) {
    rows.push_back({{"name", experts[i].name},
                    {"verdict", to_string(decision.verdicts[i].verdict)},
                    {"quality", predictions[i].quality},
                    {"quality_sd", predictions[i].quality_sd},
                    {"output_tokens", predictions[i].output_tokens},
                    {"cost_usd", predictions[i].cost ? ordered_json(to_double(*predictions[i].cost))
                                                     : ordered_json(nullptr)},
                    {"utility", decision.verdicts[i].utility}});
  }
  const ordered_json body = {{"object", "ooe.decision"},
                             {"model", model},
                             {"privacy", to_string(query.privacy)},
                             {"privacy_reasons", query.privacy_reasons},
                             {"query_id", to_hex(query.id)},
                             {"chosen", plan.empty() ? ordered_json(nullptr) : plan.front()},
                             {"plan", plan},
                             {"experts", rows}};
  return body.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace ooe::gateway
