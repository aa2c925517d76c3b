// Queries that a weak or a strong side may answer, with what each side's answer scored and cost:
// the rows that deferral curves are made of, and their resamples.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "evaluate/deferral_curve.h"

namespace ooe::evaluate {

// Shape: all [n_queries].
struct TwoSides {
  std::vector<double> gain;       // predicted quality of the weak side less that of the strong one
  std::vector<float> weak_score;  // what happened
  std::vector<float> strong_score;
  std::vector<double> weak_usd;  // NaN where unknown
  std::vector<double> strong_usd;

  [[nodiscard]] std::size_t n_queries() const { return gain.size(); }
};

// Puts in place of each gain how early in its fold the query goes: a share of any size is then the
// same share of every fold. Gains of different folds are those of different models, which do not
// compare: each model has a level of its own, the lower the better its fold's answers are, because
// it has learnt from all others. Sorted together, noise would be worse than chance. Equal gains of
// one fold go equally early.
// Shape: `fold` is [n_queries]; empty: all gains are of one model and stay.
void rank_within_folds(TwoSides& sides, std::span<const std::uint32_t> fold);

// Rows by falling gain; `query[i]` is where row i stood before. Once ranked, every resample is too.
struct RankedSides {
  TwoSides rows;
  std::vector<std::size_t> query;
};

// Equal gains stay in the order they came in.
[[nodiscard]] RankedSides rank(const TwoSides& sides);

// The rows by how often each query was drawn (`times`, by query), still by falling gain.
[[nodiscard]] TwoSides drawn(const RankedSides& ranked, std::span<const double> times);

[[nodiscard]] DeferralCurve deferral_curve(const TwoSides& sides);

// Mean cost of a query when the weak side answers the first `weak_share` of the rows; of rows with
// equal gains in the mean over their orders.
// Requires: rows by falling gain, weak_share in [0, 1]. NaN without rows.
[[nodiscard]] double usd_at(const TwoSides& by_falling_gain, double weak_share);

// Mean accuracy over all shares (trapezoid rule). NaN without queries.
[[nodiscard]] double mean_over_shares(const DeferralCurve& curve);

}  // namespace ooe::evaluate
