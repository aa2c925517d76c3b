// From a goal to a trade-off, on held-out queries.
//
// A goal with a budget has a multiplier: the quality points that one USD is worth. As it rises,
// every query moves to cheaper experts, so mean predicted cost and quality only fall, and bisection
// finds where the budget is met: it is the budget's Lagrange multiplier. A share of own answers has
// a bonus in the same way. Both read predictions alone.
//
// A promise to match an expert is about what really happens. Given scores, it is tested on them.
#pragma once

#include <cstddef>
#include <span>

#include "base/result.h"
#include "core/expert.h"
#include "core/goal.h"
#include "policy/decide.h"

namespace ooe::policy {

// Held-out queries. Shape: quality, cost_usd and score are [n_queries, n_experts], row-major. A
// quality that is NaN says that this expert is no candidate for this query.
struct CalibrationSample {
  std::span<const float> quality;   // predicted
  std::span<const float> cost_usd;  // expected, NaN without a price
  std::size_t n_queries = 0;
  std::span<const float> score =
      {};  // what really happened, NaN where not measured; empty: unknown
};

// The largest multiplier: a nano-USD, the smallest difference two costs can have, then outweighs
// all quality a thousand times, and the cheapest expert is always chosen.
inline constexpr double kQualityPerUsdMax = 1e12;
// The largest bonus: own experts always come first, since qualities lie in [0, 1].
inline constexpr double kOwnBonusMax = 2.0;

// What the goal is expected to bring, a query, on the calibration sample.
struct Calibrated {
  Tradeoff tradeoff;
  double quality = 0.0;   // predicted
  double cost_usd = 0.0;  // predicted; NaN when an expert without a price is chosen
  double own_share = 0.0;
  // MatchExpert only: the chosen experts' quality less the named one's, measured on scores where
  // there are any, else predicted, and its one-sided lower bound at the goal's confidence.
  double difference = 0.0;
  double difference_bound = 0.0;
};

// Means a query when every one of them goes where the trade-off sends it. Requires: as calibrate().
struct Outlook {
  double quality = 0.0;   // predicted
  double cost_usd = 0.0;  // predicted
  double own_share = 0.0;
};
[[nodiscard]] Outlook outlook(const Tradeoff& tradeoff, std::span<const Expert> experts,
                              const CalibrationSample& sample);

// MaximiseQuality: multiplier 0, or the smallest at which the mean cost meets the budget.
//
// OwnershipShare: the smallest bonus at which at least `share` of the queries go to own experts.
//
// MatchExpert: the cheapest trade-off found at which the mean over queries of (quality chosen -
// quality of the named expert) is at least -tolerance with the stated confidence: the mean less
// z(confidence) * standard deviation / sqrt(n), a one-sided normal bound on paired differences.
// With scores, one loss more than was seen counts, and (z * z - 1) / 3n beyond it: a loss that is
// rare enough to be missed in the sample must not pass for none. Multipliers of a grid that does
// not depend on the scores are tested one after another from the safest on, until the first that
// fails: the whole search then errs no more often than one test (fixed-sequence testing;
// Angelopoulos et al., "Learn then Test", 2021, section 2.3). A test on fewer than 30 queries with
// both scores fails; without any loss a tolerance of 0.01 at 95% takes about 320. When even
// multiplier 0 fails, the named expert itself is the anchor. Without scores, bisection on predicted
// differences, whose bound covers the sample's noise but not the predictor's bias.
//
// Every candidate counts as cleared, able, fast and healthy: what a live query's masks take away is
// not known here. Queries on which the named expert is no candidate do not count in a match.
//
// Requires: a candidate for every query, costs not negative.
// Errors: invalid_argument when the goal cannot be met (the message names the nearest that can),
// names an unknown expert, has a number out of range, or needs prices that are missing.
[[nodiscard]] Result<Calibrated> calibrate(const Goal& goal, std::span<const Expert> experts,
                                           const CalibrationSample& sample);

}  // namespace ooe::policy
