#include "policy/explain.h"

#include <algorithm>

#include "base/check.h"

namespace ooe::policy {
namespace {

bool is_candidate(Verdict verdict) {
  return verdict == Verdict::chosen || verdict == Verdict::fallback ||
         verdict == Verdict::dominated;
}

}  // namespace

std::vector<Counterfactual> explain(const Decision& decision,
                                    std::span<const Prediction> predictions,
                                    const Tradeoff& tradeoff, const DecideOptions& options) {
  OOE_CHECK(predictions.size() == decision.verdicts.size(), "one prediction an expert");
  std::vector<Counterfactual> reasons(predictions.size());
  if (decision.plan.empty() || options.pinned || tradeoff.anchor == decision.plan.front())
    return reasons;
  const std::size_t first = decision.plan.front().index();
  std::optional<double> second_utility;
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    if (i == first || !is_candidate(decision.verdicts[i].verdict)) continue;
    second_utility = std::max(second_utility.value_or(decision.verdicts[i].utility),
                              decision.verdicts[i].utility);
  }
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    const ExpertVerdict& verdict = decision.verdicts[i];
    const std::optional<double> rival =
        i == first ? second_utility : std::optional(decision.verdicts[first].utility);
    if (!is_candidate(verdict.verdict) || !rival) continue;
    const double missing = *rival - verdict.utility;
    reasons[i].quality = predictions[i].quality + missing;
    if (tradeoff.quality_per_usd == 0.0 || !predictions[i].cost) continue;
    const double cost = to_double(*predictions[i].cost) - missing / tradeoff.quality_per_usd;
    if (cost >= 0.0) reasons[i].cost_usd = cost;
  }
  return reasons;
}

}  // namespace ooe::policy
