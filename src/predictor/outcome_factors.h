// What outcomes say about outcomes: a factor analysis of the score table with its blanks. A few
// numbers a question (how hard it is, whether strength helps ...) and a few an expert explain most
// of what experts have in common; so blanks can be filled with what the others' outcomes suggest,
// and a new expert's handful of answers can be read as answers to all questions.
//
//   y_ij = mean_j + loading_j f_i + noise,   f_i ~ N(0, I_r),   noise ~ N(0, noise_j)
//
// Fitted by expectation and maximisation; blanks are left out of both.
// Source: Rubin and Thayer 1982.
#pragma once

#include <cstddef>

#include <Eigen/Core>

namespace ooe::predictor {

// Shape: m experts, r factors.
struct OutcomeFactors {
  Eigen::VectorXd mean;      // [m]
  Eigen::MatrixXd loadings;  // [m, r]
  Eigen::VectorXd noise;     // [m], variances, > 0

  // Returns the expectation of f given a row of scores, NaN where not measured; zero where all are.
  [[nodiscard]] Eigen::VectorXd scores(const Eigen::Ref<const Eigen::VectorXd>& row) const;
};

// Shape: score is [n, m], NaN where not measured. `mean` is taken as it is. Experts without an
// outcome get loadings of zero. Cost: some 25 passes of n (m r^2 + r^3).
[[nodiscard]] OutcomeFactors fit_outcome_factors(const Eigen::MatrixXd& score,
                                                 const Eigen::VectorXd& mean, std::size_t factors,
                                                 std::size_t threads);

// Returns `score` with each blank replaced by mean + loading f.
[[nodiscard]] Eigen::MatrixXd impute(const Eigen::MatrixXd& score, const OutcomeFactors& factors);

}  // namespace ooe::predictor
