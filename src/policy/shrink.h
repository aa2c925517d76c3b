// Against the winner's curse: of many noisy predictions the highest is too high, and the expert it
// belongs to is chosen for its luck. How experts differ on a query is pulled back to how they
// differ on average, by as much as held-out outcomes say that predictions exaggerate it. How hard a
// query is for all of them stays as predicted: nobody is chosen by that.
// Source: empirical Bayes shrinkage, Efron and Morris 1975; the weight is a least-squares slope.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "policy/calibrate.h"

namespace ooe::policy {

// Of one query, e_j being what expert j is predicted above its level and e their mean:
//   quality_j' = level_j + e + weight * (e_j - e)
// all lowered alike where the highest would exceed 1, and none below 0.
struct Shrinkage {
  double weight = 1.0;  // in [0, 1]; 0: the same order of experts, whatever the query
  // [n_experts] mean prediction over all queries of the sample, measured or not: what an expert
  // scored on those it was asked says as much of them as of it. NaN without a prediction; empty:
  // nothing is changed.
  std::vector<double> level;
  // Measured on the sample, a query, at the highest quality: what the chosen experts were predicted
  // to score above what they scored. Before and after.
  double optimism_before = 0.0;
  double optimism_after = 0.0;

  // Of one query, all experts, in [0, 1] before and after. An expert without a level or whose
  // quality is not a number keeps it, and does not count.
  void apply(std::span<double> quality) const;
};

// The weight is the slope, forced into [0, 1], of score differences between experts within a query
// on predicted ones. It is set to 0 when choosing by the shrunk predictions would have scored less
// than the expert of the highest level, of those with enough scores, by more than two standard
// errors of the paired difference: then that expert is what is chosen. Without scores (sample.score
// empty), or with too few of any expert to tell, nothing is shrunk.
[[nodiscard]] Shrinkage fit_shrinkage(const CalibrationSample& sample, std::size_t n_experts);

}  // namespace ooe::policy
