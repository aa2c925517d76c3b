#include "report/evaluation_text.h"

#include <set>
#include <vector>

#include <fmt/format.h>

#include "report/methods_text.h"
#include "report/numbers.h"
#include "report/plot.h"
#include "report/ranking.h"
#include "report/section.h"
#include "report/table.h"

namespace ooe::report {
namespace {

using evaluate::Evaluation;
using evaluate::Routed;
using evaluate::SingleExpert;

std::string scope_text(const Evaluation& evaluation, const Terminal& terminal) {
  const std::string rows =
      evaluation.complete_rows
          ? fmt::format("routing is evaluated on the {} that every expert was measured on.",
                        count_text(evaluation.n_evaluated))
          : fmt::format(
                "the table has gaps, so routing is evaluated on the {} with a choice, "
                "each time between the experts that were measured there.",
                count_text(evaluation.n_evaluated));
  return wrap(fmt::format("{} questions, {} experts; {}", count_text(evaluation.n_questions),
                          evaluation.experts.size(), rows),
              "", terminal);
}

std::string expert_table(const Evaluation& evaluation, const Ranking& ranking,
                         const Terminal& terminal) {
  const bool bars = terminal.width >= kWideEnoughForBars;
  Table table{{{"expert"}, {"questions", Align::right}, {"accuracy %", Align::right}}, {}};
  if (bars) table.columns.push_back({""});
  table.columns.push_back({"USD per 1k", Align::right});
  table.columns.push_back({"AUC", Align::right});
  table.columns.push_back({"log loss", Align::right});
  for (const std::size_t i : ranking.order) {
    const SingleExpert& expert = evaluation.experts[i];
    std::vector<std::string> row{ranking.letters[i] + "  " + expert.name,
                                 count_text(expert.n_measured), fine_percent_text(expert.accuracy)};
    if (bars) row.push_back(paint(bar(expert.accuracy, kBarWidth), Style::blue, terminal));
    row.push_back(usd_text(expert.usd_per_1k));
    row.push_back(figure_text(expert.prediction.auc));
    row.push_back(figure_text(expert.prediction.log_loss));
    table.rows.push_back(std::move(row));
  }
  return to_text(table, terminal);
}

// Only where questions come from several splits: published tables keep them apart.
std::string split_table(const Evaluation& evaluation, const Ranking& ranking,
                        const Terminal& terminal) {
  std::set<std::string> names;
  for (const SingleExpert& expert : evaluation.experts) {
    for (const auto& split : expert.splits) names.insert(split.split);
  }
  if (names.size() < 2) return "";
  Table table{{{"expert"}, {"split"}, {"questions", Align::right}, {"accuracy %", Align::right}},
              {}};
  for (const std::size_t i : ranking.order) {
    const SingleExpert& expert = evaluation.experts[i];
    for (const auto& split : expert.splits) {
      table.rows.push_back({ranking.letters[i] + "  " + expert.name, split.split,
                            count_text(split.n_measured), fine_percent_text(split.accuracy)});
    }
  }
  return heading("The same, split by split", terminal) + to_text(table, terminal);
}

std::string routing_table(const Evaluation& evaluation, const Ranking& ranking,
                          const Terminal& terminal) {
  Table table{
      {{"answered by"}, {"accuracy %"}, {"USD per 1k", Align::right}, {"gain over best single"}},
      {}};
  const auto routed_row = [&](std::string name, const Routed& routed) {
    const Style style = routed.gain.low > 0.0    ? Style::green
                        : routed.gain.high < 0.0 ? Style::yellow
                                                 : Style::plain;
    table.rows.push_back({std::move(name), percent_text(routed.accuracy),
                          usd_text(routed.usd_per_1k.mean),
                          paint(difference_text(routed.gain), style, terminal)});
  };
  table.rows.push_back({"random mix", percent_text(evaluation.random_mix), "", ""});
  table.rows.push_back({"best single: " + ranking.letters[evaluation.best_single.index()],
                        percent_text(evaluation.best_single_accuracy),
                        usd_text(evaluation.best_single_usd_per_1k.mean), ""});
  if (evaluation.at_best_single_cost) {
    routed_row("routed, same cost", *evaluation.at_best_single_cost);
  }
  routed_row("routed, best quality", evaluation.at_best_quality);
  table.rows.push_back({"oracle", percent_text(evaluation.oracle), "", ""});
  return to_text(table, terminal);
}

std::string hindsight_note(const Evaluation& evaluation, const Terminal& terminal) {
  std::string text =
      "In brackets: 95% intervals, by bootstrap over questions; those of the gain are paired. The "
      "best single expert is chosen with hindsight on these very questions, which favours it; "
      "routing never sees a score. The oracle counts lucky guesses.";
  if (evaluation.assumed_output_tokens && evaluation.unpriced.empty()) {
    text += fmt::format(
        " No usage is on record: costs are those of answers of {:.0f} tokens, whoever gives them.",
        *evaluation.assumed_output_tokens);
  } else if (evaluation.at_best_single_cost) {
    text += " Same cost: as predicted; what it really came to is shown.";
  }
  text += not_counted_text(evaluation);
  if (evaluation.best_single_n < evaluation.n_evaluated) {
    text +=
        fmt::format(" The gain is over the {} questions the best single expert was measured on.",
                    count_text(evaluation.best_single_n));
  }
  return note(text, terminal);
}

std::string frontier_plot(const Evaluation& evaluation, const Ranking& ranking,
                          const Terminal& terminal) {
  Plot plot{"USD per 1,000 queries", "accuracy %", {}, true, 16, 100.0};
  for (const Routed& routed : evaluation.frontier) {
    plot.points.push_back(
        {routed.usd_per_1k.mean, 100.0 * routed.accuracy.mean, "●", Style::green});
  }
  // Worst first: where letters meet, the better expert's is seen.
  for (std::size_t place = ranking.order.size(); place-- > 0;) {
    const std::size_t i = ranking.order[place];
    const SingleExpert& expert = evaluation.experts[i];
    plot.points.push_back(
        {expert.usd_per_1k, 100.0 * expert.accuracy, ranking.letters[i], Style::blue});
  }
  return to_text(plot, terminal);
}

std::string frontier_table(const Evaluation& evaluation, const Ranking& ranking,
                           const Terminal& terminal) {
  Table table{{{"USD per 1k", Align::right}, {"accuracy %"}, {"gain %", Align::right}, {"mix"}},
              {}};
  for (const Routed& routed : evaluation.frontier) {
    table.rows.push_back({usd_text(routed.usd_per_1k.mean), percent_text(routed.accuracy),
                          fmt::format("{:+.1f}", 100.0 * routed.gain.mean),
                          mix_text(routed, ranking)});
  }
  return to_text(table, terminal);
}

std::string frontier_text(const Evaluation& evaluation, const Ranking& ranking,
                          const Terminal& terminal) {
  if (!evaluation.unpriced.empty()) {
    std::string names;
    for (const std::string& name : evaluation.unpriced) names += (names.empty() ? "" : ", ") + name;
    return note(fmt::format("No cost axis: there is no price for {}, nor recorded costs of "
                            "half of the answers. Give prices to see the cost-quality frontier.",
                            names),
                terminal);
  }
  return heading("Cost and quality: letters are single experts, ● is routing", terminal) +
         frontier_plot(evaluation, ranking, terminal) + "\n" +
         frontier_table(evaluation, ranking, terminal);
}

std::string prediction_text(const Evaluation& evaluation, const Terminal& terminal) {
  std::size_t cells = 0;
  for (const SingleExpert& expert : evaluation.experts) cells += expert.n_measured;
  return heading("Predictions", terminal) +
         wrap(fmt::format("Over {} answers: log loss {}, Brier {}, mean AUC {}, calibration error "
                          "{}.",
                          count_text(cells), figure_text(evaluation.prediction.log_loss),
                          figure_text(evaluation.prediction.brier),
                          figure_text(evaluation.prediction.auc),
                          figure_text(evaluation.prediction.calibration_error)),
              "", terminal);
}

}  // namespace

std::string not_counted_text(const Evaluation& evaluation) {
  std::string text;
  for (const evaluate::NotCounted& missing : evaluation.not_counted) {
    text += fmt::format(
        " {} is not counted as best single with its {}%: it was measured on {} of these questions, "
        "less than half of another's {}.",
        evaluation.experts[missing.expert.index()].name, percent_text(missing.accuracy),
        count_text(missing.n_measured), count_text(missing.n_most));
  }
  return text;
}

std::string evaluation_text(const Evaluation& evaluation, const std::string& title,
                            const Terminal& terminal) {
  const Ranking ranking = rank(evaluation);
  return paint(title, Style::bold, terminal) + "\n" + scope_text(evaluation, terminal) +
         heading("Experts alone, each over the questions it was measured on", terminal) +
         expert_table(evaluation, ranking, terminal) + split_table(evaluation, ranking, terminal) +
         heading("Routing", terminal) + routing_table(evaluation, ranking, terminal) +
         hindsight_note(evaluation, terminal) + frontier_text(evaluation, ranking, terminal) +
         methods_text(evaluation, terminal) + deferral_text(evaluation, terminal) +
         shortfall_text(evaluation, terminal) + prediction_text(evaluation, terminal) + "\n" +
         reliability_text(evaluation, terminal);
}

}  // namespace ooe::report
