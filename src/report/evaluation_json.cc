#include "report/evaluation_json.h"

#include <cmath>

#include <nlohmann/json.hpp>

namespace ooe::report {
namespace {

using nlohmann::ordered_json;

ordered_json number(double value) {
  return std::isfinite(value) ? ordered_json(value) : ordered_json(nullptr);
}

ordered_json interval_json(const evaluate::Interval& interval) {
  return {{"mean", number(interval.mean)},
          {"low", number(interval.low)},
          {"high", number(interval.high)}};
}

ordered_json prediction_json(const evaluate::PredictionQuality& quality) {
  return {{"log_loss", number(quality.log_loss)},
          {"brier", number(quality.brier)},
          {"auc", number(quality.auc)},
          {"calibration_error", number(quality.calibration_error)}};
}

ordered_json routed_json(const evaluate::Routed& routed, const evaluate::Evaluation& evaluation) {
  ordered_json share = ordered_json::object();
  for (std::size_t i = 0; i < routed.share.size(); ++i) {
    if (routed.share[i] > 0.0) share[evaluation.experts[i].name] = routed.share[i];
  }
  return {{"quality_per_usd", number(routed.quality_per_usd)},
          {"accuracy", interval_json(routed.accuracy)},
          {"usd_per_1k", interval_json(routed.usd_per_1k)},
          {"gain", interval_json(routed.gain)},
          {"share", std::move(share)}};
}

}  // namespace

std::string evaluation_json(const evaluate::Evaluation& evaluation, const std::string& title) {
  ordered_json experts = ordered_json::array();
  for (const auto& expert : evaluation.experts) {
    ordered_json splits = ordered_json::array();
    for (const auto& split : expert.splits) {
      splits.push_back({{"split", split.split},
                        {"n_measured", split.n_measured},
                        {"accuracy", number(split.accuracy)}});
    }
    experts.push_back({{"name", expert.name},
                       {"n_measured", expert.n_measured},
                       {"accuracy", number(expert.accuracy)},
                       {"usd_per_1k", number(expert.usd_per_1k)},
                       {"prediction", prediction_json(expert.prediction)},
                       {"splits", std::move(splits)}});
  }
  ordered_json frontier = ordered_json::array();
  for (const auto& routed : evaluation.frontier) {
    frontier.push_back(routed_json(routed, evaluation));
  }
  const ordered_json json{
      {"title", title},
      {"n_questions", evaluation.n_questions},
      {"n_evaluated", evaluation.n_evaluated},
      {"complete_rows", evaluation.complete_rows},
      {"experts", std::move(experts)},
      {"prediction", prediction_json(evaluation.prediction)},
      {"random_mix", interval_json(evaluation.random_mix)},
      {"oracle", interval_json(evaluation.oracle)},
      {"best_single",
       {{"name", evaluation.experts[evaluation.best_single.index()].name},
        {"n", evaluation.best_single_n},
        {"accuracy", interval_json(evaluation.best_single_accuracy)},
        {"usd_per_1k", interval_json(evaluation.best_single_usd_per_1k)}}},
      {"unpriced", evaluation.unpriced},
      {"at_best_quality", routed_json(evaluation.at_best_quality, evaluation)},
      {"at_best_single_cost", evaluation.at_best_single_cost
                                  ? routed_json(*evaluation.at_best_single_cost, evaluation)
                                  : ordered_json(nullptr)},
      {"frontier", std::move(frontier)}};
  // Names come from files: bytes that are no UTF-8 are replaced, not thrown over.
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace ooe::report
