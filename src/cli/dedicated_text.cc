#include "cli/dedicated_text.h"

#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "report/json_numbers.h"
#include "report/numbers.h"
#include "report/plot.h"
#include "report/table.h"

namespace ooe::cli {
namespace {

using report::Align;
using report::interval_json;
using report::percent_text;

std::string cost_text(const evaluate::Interval& usd) {
  if (std::isnan(usd.mean)) return "-";
  return fmt::format("{} [{}, {}]", report::usd_text(usd.mean), report::usd_text(usd.low),
                     report::usd_text(usd.high));
}

std::string curve_table(const dedicated::PairCurve& curve, const report::Terminal& terminal) {
  const bool priced = !std::isnan(curve.points.back().usd_per_1k.mean);
  report::Table table{{{"own %", Align::right}, {"right %", Align::right}}, {}};
  if (priced) table.columns.push_back({"USD per 1,000", Align::right});
  for (const dedicated::OwnershipPoint& point : curve.points) {
    table.rows.push_back(
        {fmt::format("{:.0f}", 100.0 * point.ownership), percent_text(point.quality)});
    if (priced) table.rows.back().push_back(cost_text(point.usd_per_1k));
  }
  return report::to_text(table, terminal);
}

std::string curve_plot(const dedicated::PairCurve& curve, const report::Terminal& terminal) {
  report::Plot plot{.x_title = "own %", .y_title = "right %", .points = {}, .rows = 12};
  // The straight line is what a random choice would bring.
  for (int i = 0; i <= 40; ++i) {
    const double x = i / 40.0;
    const double y =
        (1.0 - x) * curve.points.front().quality.mean + x * curve.points.back().quality.mean;
    plot.points.push_back({100.0 * x, 100.0 * y, ".", report::Style::plain});
  }
  for (int i = 0; i <= 40; ++i) {
    plot.points.push_back({100.0 * i / 40.0, 100.0 * dedicated::quality_at(curve, i / 40.0), "o",
                           report::Style::bold});
  }
  return report::to_text(plot, terminal);
}

std::string splits_text(const PairReport& report) {
  std::string text;
  for (const dedicated::SplitMeans& split : report.pair.splits) {
    if (!split.contaminated()) continue;
    text += fmt::format(
        "{}: {} scores {} % on the training split ({} questions) and {} % elsewhere in the same "
        "subjects ({}): it was trained there, or that split is easier. Those scores are centred "
        "for training, and "
        "nothing is judged on "
        "them.\n",
        split.benchmark, report.own, percent_text(split.training),
        report::count_text(split.n_training), percent_text(split.other),
        report::count_text(split.n_other));
  }
  return text;
}

std::string learning_text(const dedicated::LearningCurve& learning,
                          const report::Terminal& terminal) {
  report::Table table{
      {{"training data", Align::right},
       {"questions", Align::right},
       {fmt::format("own % at {} % right", percent_text(learning.quality)), Align::right}},
      {}};
  const auto add = [&](const dedicated::LearningPoint& point, std::string_view note) {
    table.rows.push_back({fmt::format("{:.0f} %{}", 100.0 * point.share, note),
                          report::count_text(point.n_questions), percent_text(point.ownership)});
  };
  for (const dedicated::LearningPoint& point : learning.points) add(point, "");
  add(learning.extrapolated, " (extrapolated)");
  const evaluate::Interval& slope = learning.per_doubling;
  const bool flat = !(slope.low > 0.0) && !(slope.high < 0.0);
  return report::to_text(table, terminal) +
         fmt::format(
             "Twice the data: {} points of ownership{}. The extrapolated figure lies on the "
             "line through the others, as this does.\n",
             report::difference_text(slope),
             flat ? ": flat, as far as these questions can tell" : "");
}

std::string methods_table(const PairReport& report, const report::Terminal& terminal) {
  report::Table table{
      {{"told by", Align::left},
       {"right % at 50 % own", Align::right},
       {fmt::format("own % at {} % right", percent_text(report.curve.quality)), Align::right},
       {"gap recovered %", Align::right}},
      {}};
  for (const dedicated::PairMethod& method : report.methods) {
    const dedicated::PairCurve& curve = method.curve;
    const bool kept = &method == &report.methods[report.kept];
    table.rows.push_back({method.name + (kept ? " (kept)" : ""),
                          percent_text(curve.points[curve.points.size() / 2].quality),
                          percent_text(curve.ownership_at), percent_text(curve.apgr)});
  }
  return report::to_text(table, terminal) +
         fmt::format("The predictor before text length, over all ownerships: {} points.\n",
                     report::difference_text(report.lead));
}

}  // namespace

std::string pair_text(const PairReport& report, const report::Terminal& terminal) {
  const dedicated::PairCurve& curve = report.curve;
  std::string text = fmt::format("{}: own {}, generic {}, {} questions\n\n", report.title,
                                 report.own, report.generic, report::count_text(curve.n_queries));
  const std::string splits = splits_text(report);
  if (!splits.empty()) text += splits + "\n";
  text += curve_table(curve, terminal) + "\n" + curve_plot(curve, terminal);
  text += fmt::format(
      "\no: by what is kept. Dots: at random.\n"
      "At 50 % own: {} % right, {} % of the gap recovered. All ownerships: {} % (random: 50).\n"
      "At {} % right: {} % own.\n",
      percent_text(curve.points[curve.points.size() / 2].quality), percent_text(curve.pgr_at_half),
      percent_text(curve.apgr), percent_text(curve.quality), percent_text(curve.ownership_at));
  text += "\n" + methods_table(report, terminal);
  if (report.learning) text += "\n" + learning_text(*report.learning, terminal);
  return text;
}

nlohmann::ordered_json pair_json(const PairReport& report) {
  nlohmann::ordered_json json{{"title", report.title},
                              {"own", report.own},
                              {"generic", report.generic},
                              {"n_queries", report.curve.n_queries}};
  for (const dedicated::OwnershipPoint& point : report.curve.points) {
    json["curve"].push_back({{"ownership", point.ownership},
                             {"quality", interval_json(point.quality)},
                             {"usd_per_1k", interval_json(point.usd_per_1k)}});
  }
  json["apgr"] = interval_json(report.curve.apgr);
  json["pgr_at_half"] = interval_json(report.curve.pgr_at_half);
  json["ownership_at"] = {{"quality", report.curve.quality},
                          {"ownership", interval_json(report.curve.ownership_at)}};
  for (const dedicated::PairMethod& method : report.methods) {
    json["methods"].push_back({{"name", method.name},
                               {"kept", &method == &report.methods[report.kept]},
                               {"apgr", interval_json(method.curve.apgr)},
                               {"pgr_at_half", interval_json(method.curve.pgr_at_half)},
                               {"ownership_at", interval_json(method.curve.ownership_at)}});
  }
  json["lead"] = interval_json(report.lead);
  json["splits"] = nlohmann::ordered_json::array();
  for (const dedicated::SplitMeans& split : report.pair.splits) {
    json["splits"].push_back({{"benchmark", split.benchmark},
                              {"training", split.training},
                              {"other", split.other},
                              {"contaminated", split.contaminated()}});
  }
  if (report.learning) {
    nlohmann::ordered_json points = nlohmann::ordered_json::array();
    auto all = report.learning->points;
    all.push_back(report.learning->extrapolated);
    for (const dedicated::LearningPoint& point : all) {
      points.push_back({{"share", point.share},
                        {"n_questions", point.n_questions},
                        {"ownership", interval_json(point.ownership)}});
    }
    json["learning_curve"] = {{"quality", report.learning->quality},
                              {"points", points},
                              {"per_doubling", interval_json(report.learning->per_doubling)}};
  }
  return json;
}

}  // namespace ooe::cli
