// From a goal to a trade-off, on held-out predictions: the multiplier (quality points that one USD
// is worth) at which the goal is just met. As the multiplier rises, every query moves to cheaper
// experts, so mean predicted cost and mean predicted quality only fall, and bisection finds where.
// The multiplier is the Lagrange multiplier of the budget. Predictions alone are read, never what
// really happened: what is calibrated here may be evaluated on the same queries.
#pragma once

#include <cstddef>
#include <span>

#include "base/result.h"
#include "core/expert.h"
#include "core/goal.h"
#include "policy/decide.h"

namespace ooe::policy {

// Predictions of held-out queries. Shape: quality and cost_usd are [n_queries, n_experts],
// row-major. A quality that is NaN says that this expert is no candidate for this query.
struct CalibrationSample {
  std::span<const float> quality;
  std::span<const float> cost_usd;  // expected, NaN without a price
  std::size_t n_queries = 0;
};

// The largest multiplier: a nano-USD, the smallest difference two costs can have, then outweighs
// all quality a thousand times, and the cheapest expert is always chosen.
inline constexpr double kQualityPerUsdMax = 1e12;

// What the goal is expected to bring, a query, on the calibration sample.
struct Calibrated {
  Tradeoff tradeoff;
  double quality = 0.0;   // predicted
  double cost_usd = 0.0;  // predicted; NaN when an expert without a price is chosen
};

// MaximiseQuality: multiplier 0, or the smallest at which the mean cost meets the budget.
//
// MatchExpert: a multiplier, the largest that bisection finds, at which the mean over queries of
// (quality chosen - quality of the named expert) is at least -tolerance with the stated confidence:
// the mean less z(confidence) * standard deviation / sqrt(n), a one-sided normal bound on paired
// differences. It covers the sample's own noise, not the predictor's bias. Multiplier 0 always
// meets the goal, for then no query is predicted worse than the named expert.
//
// Every candidate counts as cleared, able and healthy: what a live query's masks take away is not
// known here. Queries on which the named expert is no candidate do not count in a match.
//
// Requires: a candidate for every query, costs not negative.
// Errors: invalid_argument when the goal cannot be met (the message names the nearest that can),
// names an unknown expert, has a number out of range, or needs prices that are missing.
[[nodiscard]] Result<Calibrated> calibrate(const Goal& goal, std::span<const Expert> experts,
                                           const CalibrationSample& sample);

}  // namespace ooe::policy
