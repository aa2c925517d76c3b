#include "policy/explore.h"

#include <algorithm>
#include <vector>

#include "base/check.h"

namespace ooe::policy {
namespace {

std::vector<ExpertId> near_best(const Decision& decision, std::span<const Expert> experts,
                                double within) {
  const double best = decision.verdicts[decision.plan.front().index()].utility;
  std::vector<ExpertId> near;
  for (std::size_t i = 0; i < experts.size(); ++i) {
    const ExpertVerdict& verdict = decision.verdicts[i];
    const bool passed =
        verdict.verdict == Verdict::fallback || verdict.verdict == Verdict::dominated;
    if (passed && verdict.utility >= best - within) {
      near.push_back(ExpertId{static_cast<std::int32_t>(i)});
    }
  }
  // The order of the catalogue decides nothing.
  std::ranges::sort(near, {}, [&](ExpertId expert) { return experts[expert.index()].name; });
  return near;
}

void put_first(Decision& decision, ExpertId expert) {
  std::vector<ExpertId>& plan = decision.plan;
  decision.verdicts[plan.front().index()].verdict = Verdict::fallback;
  decision.verdicts[expert.index()].verdict = Verdict::chosen;
  const auto planned = std::ranges::find(plan, expert);
  if (planned != plan.end()) {
    std::rotate(plan.begin(), planned, planned + 1);
    return;
  }
  decision.verdicts[plan.back().index()].verdict = Verdict::dominated;
  plan.pop_back();
  plan.insert(plan.begin(), expert);
}

}  // namespace

double explore(Decision& decision, std::span<const Expert> experts, const Tradeoff& tradeoff,
               const DecideOptions& decide, const ExploreOptions& options, double dice) {
  OOE_CHECK(options.share >= 0.0 && options.share <= kExploreShareMax, "a bounded share");
  if (options.share == 0.0 || decision.plan.empty() || decide.pinned || tradeoff.anchor) return 1.0;
  const std::vector<ExpertId> near = near_best(decision, experts, options.within);
  if (near.empty()) return 1.0;
  if (dice >= options.share) return 1.0 - options.share;
  const double n = static_cast<double>(near.size());
  const auto at = static_cast<std::size_t>(dice / options.share * n);
  put_first(decision, near[std::min(at, near.size() - 1)]);
  return options.share / n;
}

}  // namespace ooe::policy
