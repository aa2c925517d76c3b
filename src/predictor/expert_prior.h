// What is known of an expert before its first answer, from the experts of the past. A score is read
// in two ways at once, by its question's outcome factors f (outcome_factors.h) and by what the text
// says, the directions g:
//   y = [1, f] b + [1, g] d + noise,    b ~ N(m, S),  d ~ N(0, D)
// b is what the expert has in common with those that answered the same question, seen exactly where
// they did; d is how it differs from that on some kinds of text. Both distributions are moments of
// the known experts' own b and d. On a new text f is not seen but expected:
//   E[1, f | g] = [1, g] A,    so that the expert's level and slopes on g are A b + d.
#pragma once

#include <Eigen/Core>

#include "learn/symmetric_tiles.h"
#include "predictor/population.h"

namespace ooe::predictor {

// Shape: K directions, r factors.
struct ExpertPrior {
  Population by_factors;                 // b, [1 + r]
  Population deviations;                 // d, [1 + K], of mean zero
  Eigen::MatrixXd factors_of_direction;  // A, [1 + K, 1 + r]
};

// Shape: directions is [n, K] and factors [n, r], of the same questions; by_factors is [m, 1 + r],
// each known expert's mean and loadings; by_directions is [m, 1 + K], its level and slopes on g.
[[nodiscard]] ExpertPrior fit_expert_prior(const learn::MatrixRowsF& directions,
                                           const learn::MatrixRowsF& factors,
                                           const Eigen::MatrixXd& by_factors,
                                           const Eigen::MatrixXd& by_directions);

// The matrix with a column of ones before it.
[[nodiscard]] Eigen::MatrixXd with_ones(const Eigen::Ref<const Eigen::MatrixXd>& matrix);

}  // namespace ooe::predictor
