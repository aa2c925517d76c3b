// Experts as draws from one population: what the experts known say about one that is new. An
// expert is a few numbers here, such as its level and how it responds to each factor.
#pragma once

#include <Eigen/Core>

namespace ooe::predictor {

// How some numbers of an expert are distributed over experts.
struct Population {
  Eigen::VectorXd mean;        // [d]
  Eigen::MatrixXd covariance;  // [d, d]
};

// Shape: experts is [m, d]. A handful of experts does not tell a covariance: it is mixed with one
// that knows only how large each number tends to be, its variance `typical`.
[[nodiscard]] Population population_of(const Eigen::MatrixXd& experts, Eigen::VectorXd mean,
                                       const Eigen::VectorXd& typical);

// Of levels and loadings. Shape: by_factors is [m, 1 + r], m > 0.
[[nodiscard]] Population population_by_factors(const Eigen::MatrixXd& by_factors);

// What outcomes y = x b + noise make of the population: b given x and y. Shape: x is [n, d].
[[nodiscard]] Population given_outcomes(const Population& prior, const Eigen::MatrixXd& x,
                                        const Eigen::VectorXd& y, double noise_variance);

}  // namespace ooe::predictor
