#include "cli/model_card_text.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "predictor/model_card.h"
#include "report/json_numbers.h"
#include "report/methods_text.h"
#include "report/table.h"

namespace ooe::cli {
namespace {

using predictor::Candidate;
using predictor::ModelCard;

constexpr double kInterval95 = 1.96;  // standard errors on either side

// One row a candidate, or a baseline: "ridge + trees (kept)".
std::string candidate_table(const ModelCard& card, bool baselines,
                            const report::Terminal& terminal) {
  report::Table table{.columns = {{baselines ? "baseline" : "way to predict"},
                                  {"log loss", report::Align::right},
                                  {"AUC", report::Align::right},
                                  {"ECE", report::Align::right},
                                  {"over-promise", report::Align::right},
                                  {"over best single", report::Align::right}},
                      .rows = {}};
  for (const Candidate& candidate : card.candidates) {
    if (is_baseline(candidate) != baselines) continue;
    const bool routes = candidate.gain_se > 0.0 || candidate.gain != 0.0;
    const double half = kInterval95 * candidate.gain_se;
    table.rows.push_back(
        {candidate.name + (candidate.name == card.kept ? " (kept)" : ""),
         fmt::format("{:.4f}", candidate.log_loss), fmt::format("{:.3f}", candidate.auc),
         fmt::format("{:.3f}", candidate.ece),
         fmt::format("{:+.1f}", 100.0 * candidate.over_promise),
         routes ? fmt::format("{:+.1f} [{:+.1f}, {:+.1f}]", 100.0 * candidate.gain,
                              100.0 * (candidate.gain - half), 100.0 * (candidate.gain + half))
                : "0.0"});
  }
  return table.rows.empty() ? "" : report::to_text(table, terminal);
}

// Why candidates were passed over, where it is not that another one's log loss is lower.
std::string verdicts_text(const ModelCard& card) {
  std::map<std::string_view, std::string> names;  // by the verdict's words
  for (const Candidate& candidate : card.candidates) {
    if (candidate.verdict == predictor::Verdict::kept || is_baseline(candidate) ||
        candidate.verdict == predictor::Verdict::higher_log_loss) {
      continue;
    }
    std::string& list = names[to_string(candidate.verdict)];
    list += (list.empty() ? "" : ", ") + candidate.name;
  }
  std::string text;
  for (const auto& [verdict, list] : names) text += fmt::format(" {}: {}.", list, verdict);
  return text;
}

// On which questions the candidates were judged, and by whom these were predicted.
std::string judging_text(const ModelCard& card) {
  if (metric_of(card, predictor::kPriorKnew) > 0.0) {
    return "Not held out: the prior model was trained on some of these questions.";
  }
  const double questions = metric_of(card, "questions");
  const double judged = metric_of(card, predictor::kQuestionsJudged);
  if (judged < questions) {
    return fmt::format("{:.0f} of {:.0f} questions, each predicted by a fit without its fold.",
                       judged, questions);
  }
  return "Each question predicted by a fit without its fold.";
}

// On which the baselines were, and what they learned from.
std::string baselines_text(const ModelCard& card, std::size_t folds) {
  constexpr std::size_t kMost = predictor::RivalOptions{}.questions_max;
  const bool judged_on_part = metric_of(card, predictor::kQuestionsJudged) > double{kMost};
  const bool taught_by_part = metric_of(card, "questions") > double{kMost};
  return fmt::format(
      "{} predicted from {}the other {} of {} folds, the experts' mean scores too, which is a "
      "little harder. `ooe evaluate` has them and the predictor on the same folds.",
      judged_on_part ? fmt::format("{} of these questions, each", kMost)
                     : std::string("Each of these questions"),
      taught_by_part ? fmt::format("at most {} questions of ", kMost) : std::string(), folds - 1,
      folds);
}

}  // namespace

std::string card_text(const ModelCard& card, std::size_t folds, bool moved,
                      const report::Terminal& terminal) {
  std::string text = candidate_table(card, false, terminal) + "\n";
  std::string note = fmt::format(
      "{} Log loss decides.{} Over best single: points of accuracy when each query goes to the "
      "highest prediction, money aside, with a 95% interval; over-promise: what that expert was "
      "predicted to score above what it scored.",
      judging_text(card), verdicts_text(card));
  if (moved) {
    note +=
        " Here scores on the split 'train' count from the expert's level on other splits of the "
        "subject; `ooe evaluate` judges by scores as they are.";
  }
  text += report::wrap(note, "", terminal) + "\n";
  const std::string baselines = candidate_table(card, true, terminal);
  if (baselines.empty()) return text;
  text += baselines + "\n" + report::wrap(baselines_text(card, folds), "", terminal) + "\n";
  if (const std::string better = better_baselines_text(card); !better.empty()) {
    text += report::wrap(better, "", terminal) + "\n";
  }
  return text;
}

std::string better_baselines_text(const ModelCard& card) {
  std::vector<std::string> names;
  for (const Candidate& candidate : card.candidates) {
    if (candidate.verdict != predictor::Verdict::better_baseline) continue;
    names.push_back(fmt::format("{} (log loss {:.4f})", candidate.name, candidate.log_loss));
  }
  return report::better_predictors_text(names);
}

std::string prior_knew_text(const ModelCard& card, std::string_view model, std::string_view prior) {
  const double knew = metric_of(card, predictor::kPriorKnew);
  if (knew == 0.0) return "";
  return fmt::format(
      "{}: {} was trained on {:.0f} of its {:.0f} questions at least, so its figures are better "
      "than it is, and goals set by them will not be met. Take a prior model of other questions, "
      "or train without one",
      model, prior, knew, metric_of(card, "questions"));
}

std::string optimistic_sample_text(const predictor::Model& model, std::string_view path) {
  if (model.judged_by_unseen()) return "";
  return fmt::format(
      "{}: trained before models were judged by questions that no part of them has seen; its "
      "sample promises too much, and goals calibrated on it may not be met. Train it again",
      path);
}

nlohmann::ordered_json card_json(const ModelCard& card) {
  using report::number;
  nlohmann::ordered_json json{{"experts", card.experts},
                              {"kept", card.kept},
                              {"held_out", metric_of(card, predictor::kPriorKnew) == 0.0},
                              {"seed", card.seed},
                              {"data_hash", card.data_hash},
                              {"options_hash", card.options_hash},
                              {"metrics", nlohmann::ordered_json::object()},
                              {"candidates", nlohmann::ordered_json::array()},
                              {"better_baselines", nlohmann::ordered_json::array()}};
  for (const predictor::TrainingMetric& one : card.metrics) {
    json["metrics"][one.name] = number(one.value);
  }
  for (const Candidate& candidate : card.candidates) {
    json["candidates"].push_back({{"name", candidate.name},
                                  {"baseline", is_baseline(candidate)},
                                  {"verdict", to_string(candidate.verdict)},
                                  {"log_loss", number(candidate.log_loss)},
                                  {"auc", number(candidate.auc)},
                                  {"ece", number(candidate.ece)},
                                  {"over_promise", number(candidate.over_promise)},
                                  {"gain", number(candidate.gain)},
                                  {"gain_se", number(candidate.gain_se)}});
    if (candidate.verdict == predictor::Verdict::better_baseline) {
      json["better_baselines"].push_back(candidate.name);
    }
  }
  return json;
}

}  // namespace ooe::cli
