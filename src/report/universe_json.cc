#include "report/universe_json.h"

#include <nlohmann/json.hpp>

namespace ooe::report {

std::string universe_json(const Selection& selection) {
  using nlohmann::ordered_json;
  ordered_json members = ordered_json::array();
  for (const UniverseMember& member : selection.universe.members) {
    members.push_back({{"name", selection.experts[member.expert.index()]},
                       {"marginal_gain", member.marginal_gain}});
  }
  const ordered_json json{{"objective", universe::to_string(selection.options.objective)},
                          {"quality_per_usd", selection.quality_per_usd},
                          {"n_queries", selection.n_queries},
                          {"size_max", selection.options.size_max},
                          {"members", std::move(members)},
                          {"utility", selection.universe.utility},
                          {"oracle_utility", selection.oracle_utility},
                          {"oracle_bound", selection.universe.utility_bound}};
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace ooe::report
