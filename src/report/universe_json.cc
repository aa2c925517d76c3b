#include "report/universe_json.h"

#include <nlohmann/json.hpp>

#include "report/json_numbers.h"

namespace ooe::report {
namespace {

using nlohmann::ordered_json;

ordered_json members_json(const Selection& selection) {
  ordered_json members = ordered_json::array();
  for (const auto& member : selection.figures.members) {
    const bool alone = member.most_like.value < 0;
    members.push_back(
        {{"name", selection.experts[member.expert.index()]},
         {"marginal_gain", member.gain.mean},
         {"gain", interval_json(member.gain)},
         {"left_out", interval_json(member.left_out)},
         {"share", member.share},
         {"most_like", alone ? ordered_json(nullptr)
                             : ordered_json(selection.experts[member.most_like.index()])},
         {"overlap", member.overlap}});
  }
  return members;
}

ordered_json outsiders_json(const Selection& selection) {
  ordered_json outsiders = ordered_json::array();
  for (const auto& outsider : selection.figures.outsiders) {
    outsiders.push_back({{"name", selection.experts[outsider.expert.index()]},
                         {"gain", interval_json(outsider.gain)},
                         {"usd_per_1k", number(outsider.usd_per_1k)},
                         {"gain_per_usd", number(outsider.gain_per_usd)},
                         {"fixed_usd_per_month", to_double(outsider.fixed)}});
  }
  return outsiders;
}

ordered_json sizes_json(const Selection& selection) {
  ordered_json sizes = ordered_json::array();
  for (const auto& size : selection.figures.sizes) {
    sizes.push_back({{"added", selection.experts[size.added.index()]},
                     {"predictable", number(size.predictable)},
                     {"oracle", number(size.oracle)}});
  }
  return sizes;
}

}  // namespace

std::string universe_json(const Selection& selection) {
  const ordered_json json{{"objective", universe::to_string(selection.options.objective)},
                          {"quality_per_usd", selection.quality_per_usd},
                          {"n_queries", selection.n_queries},
                          {"blank_cells", selection.blank_cells},
                          {"only_common_questions", selection.only_common},
                          {"size_max", selection.options.size_max},
                          {"members", members_json(selection)},
                          {"utility", selection.universe.utility},
                          {"utility_interval", interval_json(selection.figures.utility)},
                          {"usd_per_1k", number(selection.figures.usd_per_1k)},
                          {"score", number(selection.figures.score)},
                          {"oracle_utility", selection.figures.oracle.mean},
                          {"oracle_bound", selection.universe.utility_bound},
                          {"outsiders", outsiders_json(selection)},
                          {"sizes", sizes_json(selection)}};
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace ooe::report
