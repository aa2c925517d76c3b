// Logistic regression with soft targets, sparse features and a few dense ones:
//
//   minimise  sum_i CE(y_i, sigmoid(z_i)) + penalty/2 |v|^2
//               + 1/2 sum_k precision_k (t_k - mean_k)^2
//   with      z_i = x_i v + d_i t,   CE(y, p) = -y log p - (1 - y) log(1 - p),   y_i in [0, 1]
//
// x_i is a sparse row, d_i a short dense one (a constant 1 for the intercept, other models'
// predictions). The Gaussian priors of the dense weights keep an expert with one outcome sane.
//
// Solver: truncated Newton. The loss is strictly convex and smooth, so Newton's method with a
// backtracking line search finds its one optimum, quadratically at the end; conjugate gradients
// solve each step with Hessian products only, two passes over the rows each. A step's trial points
// need no pass at all, for margins are linear in the step. First-order methods and L-BFGS take more
// passes to the same accuracy, dual coordinate descent wants targets of 0 or 1.
// Source: Nash 2000, a survey of truncated-Newton methods; Lin, Weng, Keerthi 2008 (logistic).
#pragma once

#include <cstddef>
#include <span>

#include <Eigen/Core>

#include "learn/sparse_rows.h"

namespace ooe::learn {

struct LogisticProblem {
  const SparseRows& features;
  std::span<const std::size_t> rows;  // rows of `features` that were measured
  Eigen::VectorXd target;             // [rows.size()]
  Eigen::MatrixXd dense;              // [rows.size(), n_dense]
  Eigen::VectorXd dense_mean;         // [n_dense]
  Eigen::VectorXd dense_precision;    // [n_dense], > 0
  double penalty = 1.0;               // > 0
};

// First the sparse weights, then the dense ones. Shape: [features.width + n_dense].
using LogisticWeights = Eigen::VectorXd;

// The point at which no outcome has been seen: all prior means.
[[nodiscard]] LogisticWeights prior_weights(const LogisticProblem& problem);

[[nodiscard]] double loss(const LogisticProblem& problem, const LogisticWeights& weights);
[[nodiscard]] Eigen::VectorXd loss_gradient(const LogisticProblem& problem,
                                            const LogisticWeights& weights);

// Returns weights at which the gradient's length is at most `tolerance` times that at
// prior_weights(), from any start. Same problem, start and tolerance: same bits.
[[nodiscard]] LogisticWeights solve_logistic(const LogisticProblem& problem, LogisticWeights start,
                                             double tolerance);

}  // namespace ooe::learn
