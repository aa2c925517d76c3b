#include "report/methods_text.h"

#include <cmath>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "report/numbers.h"
#include "report/section.h"
#include "report/table.h"

namespace ooe::report {
namespace {

using evaluate::Deferral;
using evaluate::DeferralFigures;
using evaluate::Evaluation;
using evaluate::MethodFigures;
using evaluate::Routed;

// Green when surely above zero, yellow when surely below.
std::string painted_difference(const evaluate::Interval& interval, const Terminal& terminal) {
  const Style style = interval.low > 0.0    ? Style::green
                      : interval.high < 0.0 ? Style::yellow
                                            : Style::plain;
  return paint(difference_text(interval), style, terminal);
}

// "0.925 [0.913, 0.936]"
std::string figure_interval_text(const evaluate::Interval& interval) {
  if (std::isnan(interval.mean)) return "-";
  return fmt::format("{} [{}, {}]", figure_text(interval.mean), figure_text(interval.low),
                     figure_text(interval.high));
}

std::string accuracy_table(const Evaluation& evaluation, const Terminal& terminal) {
  Table table{{{"predictor"}, {"accuracy %"}, {"over best single"}, {"kept one leads by"}}, {}};
  for (const MethodFigures& method : evaluation.methods.methods) {
    const bool kept = &method == &evaluation.methods.methods.front();
    table.rows.push_back({method.name, percent_text(method.accuracy),
                          painted_difference(method.gain, terminal),
                          kept ? "" : painted_difference(method.lead, terminal)});
  }
  return to_text(table, terminal);
}

std::string prediction_table(const Evaluation& evaluation, const Terminal& terminal) {
  const bool costs = !evaluation.methods.zero_router.empty();
  Table table{{{"predictor"},
               {"log loss", Align::right},
               {"Brier", Align::right},
               {"ECE", Align::right},
               {"AUC", Align::right}},
              {}};
  if (costs)
    table.columns.insert(table.columns.end(), {{"AIQ", Align::right}, {"over zero router"}});
  if (costs) {
    table.rows.push_back({"zero router", "", "", "", "",
                          fmt::format("{:.4f}", evaluation.methods.zero_aiq.mean), ""});
  }
  for (const MethodFigures& method : evaluation.methods.methods) {
    std::vector<std::string> row{
        method.name, figure_text(method.prediction.log_loss), figure_text(method.prediction.brier),
        figure_text(method.prediction.calibration_error), figure_text(method.prediction.auc)};
    if (costs) {
      row.push_back(fmt::format("{:.4f}", method.aiq.mean));
      row.push_back(painted_difference(method.aiq_over_zero, terminal));
    }
    table.rows.push_back(std::move(row));
  }
  return to_text(table, terminal);
}

std::string recovered_table(const Deferral& deferral, const Terminal& terminal) {
  Table table{{{"predictor"},
               {"APGR"},
               {"CPT50", Align::right},
               {"CPT80", Align::right},
               {"at 25%", Align::right},
               {"at 50%", Align::right},
               {"at 75%", Align::right}},
              {}};
  for (const DeferralFigures& method : deferral.methods) {
    table.rows.push_back(
        {method.name, figure_interval_text(method.apgr), figure_text(method.cpt50.mean),
         figure_text(method.cpt80.mean), percent_text(method.accuracy_25.mean),
         percent_text(method.accuracy_50.mean), percent_text(method.accuracy_75.mean)});
  }
  return to_text(table, terminal);
}

// "63.8 at -1.2"
std::string honest_text(const evaluate::DeferredShare& honest) {
  if (std::isnan(honest.weak_share)) return "";
  return fmt::format("{} at {:+.1f}", percent_text(honest.weak_share),
                     100.0 * (honest.accuracy - honest.strong_accuracy));
}

std::string share_table(const Deferral& deferral, const Terminal& terminal) {
  const bool leads = deferral.methods.size() > 1;
  Table table{{{"predictor"}, {"parity %", Align::right}, {"-1 point %"}, {"honest"}}, {}};
  if (leads) table.columns.push_back({"kept leads by"});
  for (const DeferralFigures& method : deferral.methods) {
    std::vector<std::string> row{method.name, percent_text(method.share_at_parity.mean),
                                 percent_text(method.share_at_minus_point),
                                 honest_text(method.honest_minus_point)};
    const bool kept = &method == &deferral.methods.front();
    if (leads) row.push_back(kept ? "" : painted_difference(method.lead, terminal));
    table.rows.push_back(std::move(row));
  }
  return to_text(table, terminal);
}

}  // namespace

std::string better_predictors_text(std::span<const std::string> names) {
  if (names.empty()) return "";
  const bool one = names.size() == 1;
  return fmt::format(
      "{} predict{} surely better than the predictor that is kept, by more than two standard "
      "errors "
      "of log loss on the same questions. {} shown and not served (docs/decisions/0021): these "
      "experts differ in more ways than the predictor can tell apart. What may help: a 'subject' "
      "on "
      "every question, outcomes of more questions, and only the experts that are to serve (`ooe "
      "select`, --experts).",
      fmt::join(names, ", "), one ? "s" : "", one ? "It is" : "They are");
}

std::string better_methods_text(const Evaluation& evaluation) {
  std::vector<std::string> names;
  for (const MethodFigures& method : evaluate::better_methods(evaluation.methods)) {
    names.push_back(fmt::format("{} (log loss {}, the kept one's {})", method.name,
                                figure_text(method.prediction.log_loss),
                                figure_text(evaluation.prediction.log_loss)));
  }
  return better_predictors_text(names);
}

std::string methods_text(const Evaluation& evaluation, const Terminal& terminal) {
  if (evaluation.methods.methods.size() < 2 && evaluation.methods.zero_router.empty()) return "";
  std::string about =
      "Each predictor on the same folds, through the same decision. In points of accuracy; "
      "differences are paired. (`ooe train` lets a fold know the experts' mean scores on all "
      "questions, which is a little easier.) The true subject is a label no live query has.";
  if (!evaluation.methods.zero_router.empty()) {
    about +=
        " AIQ: mean accuracy of the best mixes from the cheapest expert's cost to the dearest's "
        "(RouterBench); the zero router mixes single experts and looks at no question.";
  }
  const bool alone = evaluation.methods.methods.size() < 2;
  const std::string better = better_methods_text(evaluation);
  return heading("The predictor beside others", terminal) +
         (alone ? "" : accuracy_table(evaluation, terminal) + "\n") +
         prediction_table(evaluation, terminal) +
         (better.empty() ? "" : "\n" + wrap(better, "", terminal)) + note(about, terminal);
}

std::string deferral_text(const Evaluation& evaluation, const Terminal& terminal) {
  if (!evaluation.deferral || evaluation.deferral->methods.empty()) return "";
  const Deferral& deferral = *evaluation.deferral;
  const std::string& strong = evaluation.experts[deferral.strong.index()].name;
  std::string text =
      heading(fmt::format("Whom is {} needed for?", strong), terminal) +
      wrap(fmt::format("Alone it is right on {}% of the {} questions, the others without it, "
                       "routed, on {}%. They take the questions where they are expected to lose "
                       "least:",
                       percent_text(deferral.strong_accuracy), count_text(deferral.n_queries),
                       percent_text(deferral.methods.front().others_accuracy)),
           "", terminal) +
      "\n" + recovered_table(deferral, terminal) + "\n" + share_table(deferral, terminal);
  const DeferralFigures& kept = deferral.methods.front();
  if (kept.saved_at_minus_point.mean > 0.0) {
    text += "\n" + wrap(fmt::format("Of its cost, {}% is saved at parity and {}% at -1 point.",
                                    percent_text(kept.saved_at_parity),
                                    percent_text(kept.saved_at_minus_point)),
                        "", terminal);
  }
  return text +
         note(
             "APGR, CPT50, CPT80: part of the gap recovered on average, and share of strong calls "
             "that recovers 50% and 80% of it (RouteLLM). At 25%, 50%, 75%: accuracy when the "
             "others answer that share. Parity, -1 point: the largest share they can answer at "
             "the strong expert's accuracy, or a point below, read off the graded answers; "
             "honest: the share at -1 point and the distance it really has when the threshold "
             "comes from other folds. Kept leads by: points, on the mean over all shares.",
             terminal);
}

std::string shortfall_text(const Evaluation& evaluation, const Terminal& terminal) {
  Table table{{{"of 100 questions"},
               {"right", Align::right},
               {"no expert right", Align::right},
               {"wrong one predicted", Align::right},
               {"money saved", Align::right}},
              {}};
  const auto add = [&](std::string name, const Routed& routed) {
    table.rows.push_back({std::move(name), percent_text(routed.accuracy.mean),
                          percent_text(routed.recall_failure.mean),
                          percent_text(routed.prediction_loss.mean),
                          percent_text(routed.policy_loss.mean)});
  };
  if (evaluation.at_best_single_cost) add("routed, same cost", *evaluation.at_best_single_cost);
  add("routed, best quality", evaluation.at_best_quality);
  return heading("Where right answers get lost", terminal) + to_text(table, terminal) +
         note(
             "No expert right: none that is worth its price. Wrong one predicted: one was right, "
             "another was expected to be. Money saved: the one expected to be best was passed "
             "over for a cheaper one.",
             terminal);
}

std::string reliability_text(const Evaluation& evaluation, const Terminal& terminal) {
  Table table{{{"predicted %", Align::right},
               {"happened %", Align::right},
               {""},
               {"answers", Align::right}},
              {}};
  for (const evaluate::ReliabilityBin& bin : evaluation.reliability) {
    table.rows.push_back({percent_text(bin.quality), percent_text(bin.score),
                          paint(bar(bin.score, kBarWidth), Style::blue, terminal),
                          count_text(bin.n)});
  }
  return to_text(table, terminal);
}

}  // namespace ooe::report
