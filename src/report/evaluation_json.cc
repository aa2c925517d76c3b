#include "report/evaluation_json.h"

#include <nlohmann/json.hpp>

#include "report/json_numbers.h"

namespace ooe::report {
namespace {

using nlohmann::ordered_json;

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
          {"to_oracle", interval_json(routed.to_oracle)},
          {"recall_failure", interval_json(routed.recall_failure)},
          {"prediction_loss", interval_json(routed.prediction_loss)},
          {"policy_loss", interval_json(routed.policy_loss)},
          {"share", std::move(share)}};
}

ordered_json reliability_json(const evaluate::Evaluation& evaluation) {
  ordered_json bins = ordered_json::array();
  for (const auto& bin : evaluation.reliability) {
    bins.push_back({{"quality", bin.quality}, {"score", bin.score}, {"n", bin.n}});
  }
  return bins;
}

ordered_json methods_json(const evaluate::MethodTable& table) {
  ordered_json methods = ordered_json::array();
  for (const auto& method : table.methods) {
    methods.push_back({{"name", method.name},
                       {"prediction", prediction_json(method.prediction)},
                       {"accuracy", interval_json(method.accuracy)},
                       {"gain", interval_json(method.gain)},
                       {"lead", interval_json(method.lead)},
                       {"log_loss_lead",
                        {{"mean", number(method.log_loss_lead.mean)},
                         {"standard_error", number(method.log_loss_lead.standard_error)}}},
                       {"usd_per_1k", interval_json(method.usd_per_1k)},
                       {"aiq", interval_json(method.aiq)},
                       {"aiq_over_zero", interval_json(method.aiq_over_zero)}});
  }
  return methods;
}

ordered_json better_methods_json(const evaluate::MethodTable& table) {
  ordered_json names = ordered_json::array();
  for (const auto& method : evaluate::better_methods(table)) names.push_back(method.name);
  return names;
}

ordered_json zero_router_json(const evaluate::MethodTable& table) {
  ordered_json hull = ordered_json::array();
  for (const auto& corner : table.zero_router) {
    hull.push_back({{"usd_per_1k", corner.cost}, {"accuracy", corner.quality}});
  }
  return {{"hull", std::move(hull)}, {"aiq", interval_json(table.zero_aiq)}};
}

ordered_json share_json(const evaluate::DeferredShare& share) {
  return {{"share", number(share.weak_share)},
          {"accuracy", number(share.accuracy)},
          {"strong_accuracy", number(share.strong_accuracy)}};
}

ordered_json deferral_json(const evaluate::Evaluation& evaluation) {
  if (!evaluation.deferral) return nullptr;
  const evaluate::Deferral& deferral = *evaluation.deferral;
  ordered_json methods = ordered_json::array();
  for (const auto& method : deferral.methods) {
    methods.push_back({{"name", method.name},
                       {"apgr", interval_json(method.apgr)},
                       {"cpt50", interval_json(method.cpt50)},
                       {"cpt80", interval_json(method.cpt80)},
                       {"others_accuracy", interval_json(method.others_accuracy)},
                       {"accuracy_25", interval_json(method.accuracy_25)},
                       {"accuracy_50", interval_json(method.accuracy_50)},
                       {"accuracy_75", interval_json(method.accuracy_75)},
                       {"share_at_parity", interval_json(method.share_at_parity)},
                       {"share_at_minus_point", interval_json(method.share_at_minus_point)},
                       {"honest_parity", share_json(method.honest_parity)},
                       {"honest_minus_point", share_json(method.honest_minus_point)},
                       {"saved_at_parity", interval_json(method.saved_at_parity)},
                       {"saved_at_minus_point", interval_json(method.saved_at_minus_point)},
                       {"lead", interval_json(method.lead)}});
  }
  return {{"strong", evaluation.experts[deferral.strong.index()].name},
          {"n", deferral.n_queries},
          {"strong_accuracy", interval_json(deferral.strong_accuracy)},
          {"methods", std::move(methods)}};
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
  ordered_json not_counted = ordered_json::array();
  for (const evaluate::NotCounted& missing : evaluation.not_counted) {
    not_counted.push_back({{"name", evaluation.experts[missing.expert.index()].name},
                           {"n", missing.n_measured},
                           {"accuracy", missing.accuracy}});
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
        {"not_counted", std::move(not_counted)},
        {"accuracy", interval_json(evaluation.best_single_accuracy)},
        {"usd_per_1k", interval_json(evaluation.best_single_usd_per_1k)}}},
      {"unpriced", evaluation.unpriced},
      {"at_best_quality", routed_json(evaluation.at_best_quality, evaluation)},
      {"at_best_single_cost", evaluation.at_best_single_cost
                                  ? routed_json(*evaluation.at_best_single_cost, evaluation)
                                  : ordered_json(nullptr)},
      {"frontier", std::move(frontier)},
      {"reliability", reliability_json(evaluation)},
      {"methods", methods_json(evaluation.methods)},
      {"better_methods", better_methods_json(evaluation.methods)},
      {"zero_router", zero_router_json(evaluation.methods)},
      {"deferral", deferral_json(evaluation)}};
  // Names come from files: bytes that are no UTF-8 are replaced, not thrown over.
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace ooe::report
