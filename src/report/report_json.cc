#include <nlohmann/json.hpp>

#include "report/evaluation_json.h"
#include "report/json_numbers.h"
#include "report/report.h"
#include "report/universe_json.h"

namespace ooe::report {
namespace {

using nlohmann::ordered_json;

ordered_json domain_json(const evaluate::DomainFigures& domain, const Report& report) {
  const auto& experts = report.evaluation.experts;
  ordered_json accuracy = ordered_json::object();
  for (std::size_t i = 0; i < domain.accuracy.size(); ++i) {
    accuracy[experts[i].name] = number(domain.accuracy[i]);
  }
  const bool specialist = domain.specialist.value >= 0;
  return {{"name", domain.name},
          {"n", domain.n},
          {"traffic", domain.traffic},
          {"headroom", number(domain.headroom)},
          {"accuracy", std::move(accuracy)},
          {"specialist", specialist ? ordered_json(experts[domain.specialist.index()].name)
                                    : ordered_json(nullptr)},
          {"specialist_accuracy", interval_json(domain.specialist_accuracy)},
          {"specialist_lead", interval_json(domain.specialist_lead)},
          {"routed", interval_json(domain.routed)},
          {"oracle", interval_json(domain.oracle)},
          {"outsider", domain.outsider ? ordered_json(report.outsiders[*domain.outsider])
                                       : ordered_json(nullptr)},
          {"outsider_gain", interval_json(domain.outsider_gain)}};
}

}  // namespace

std::string report_json(const Report& report) {
  ordered_json domains = ordered_json::array();
  for (const auto& table : report.domains) {
    ordered_json rows = ordered_json::array();
    for (const auto& domain : table.domains) rows.push_back(domain_json(domain, report));
    ordered_json gaps = ordered_json::array();
    for (const std::size_t i : evaluate::worst_gaps(table)) gaps.push_back(table.domains[i].name);
    domains.push_back(
        {{"title", table.title}, {"domains", std::move(rows)}, {"worst_gaps", std::move(gaps)}});
  }
  const ordered_json json{
      {"title", report.title},
      {"how", report.how},
      {"evaluation", ordered_json::parse(evaluation_json(report.evaluation, report.title))},
      {"domains", std::move(domains)},
      {"selection", report.selection ? ordered_json::parse(universe_json(*report.selection))
                                     : ordered_json(nullptr)}};
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace ooe::report
