// Against the winner's curse: of many noisy predictions the highest is too high, and the expert it
// belongs to is chosen for its luck. Predictions are pulled back to what each expert achieves on
// average, by as much as held-out outcomes say they exaggerate the differences between experts.
// Source: empirical Bayes shrinkage, Efron and Morris 1975; the weight is a least-squares slope.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "policy/calibrate.h"

namespace ooe::policy {

// quality' = level + weight * (quality - predicted_level), per expert. With too few scores of an
// expert to go by both levels are its mean prediction; NaN, and the quality as it is, without one.
struct Shrinkage {
  double weight = 1.0;                  // in [0, 1]; 0: the expert's level, whatever the query
  std::vector<double> level;            // [n_experts] mean score; empty: nothing is changed
  std::vector<double> predicted_level;  // [n_experts] mean prediction, same queries
  // Measured on the sample, a query, at the highest quality: what the chosen experts were predicted
  // to score above what they scored. Before and after.
  double optimism_before = 0.0;
  double optimism_after = 0.0;

  // In [0, 1]. Not a number stays so.
  [[nodiscard]] double apply(double quality, std::size_t expert) const;
};

// The weight is the slope, forced into [0, 1], of score differences between experts within a query
// on predicted ones. It is set to 0 when choosing by the shrunk predictions would have scored less
// than the best single expert by more than two standard errors of the paired difference: then the
// best single expert is what is chosen. Without scores (sample.score empty), or with too few to
// tell, nothing is shrunk.
[[nodiscard]] Shrinkage fit_shrinkage(const CalibrationSample& sample, std::size_t n_experts);

}  // namespace ooe::policy
