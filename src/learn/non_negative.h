// Least squares with weights that may not be negative: how much of each of several predictions to
// take. Stacking with this constraint neither bets against a model nor lets two that agree cancel.
// Source: Breiman 1996, stacked regressions.
#pragma once

#include <Eigen/Core>

namespace ooe::learn {

// Returns w >= 0 with the least |a w - b|^2. Shape: a is [n, q] for a handful of q; b is [n].
// Cyclic coordinate descent on the normal equations: convex, no active sets, the same bits always.
[[nodiscard]] Eigen::VectorXd non_negative_least_squares(const Eigen::MatrixXd& a,
                                                         const Eigen::VectorXd& b);

}  // namespace ooe::learn
