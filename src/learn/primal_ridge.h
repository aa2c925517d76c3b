// Ridge regression on a few dense features: the primal form of kernel_ridge.h, for d far below n.
//   W = (X'X + alpha I)^-1 X'Y
// The penalty is the one of a fixed grid with the least squared error out of fold, per target.
#pragma once

#include <cstdint>
#include <span>

#include "learn/symmetric_tiles.h"

namespace ooe::learn {

struct PrimalRidgeFit {
  MatrixRowsF out_of_fold;  // [n, q], predictions by the rows of other folds
  MatrixRowsF weights;      // [d, q], of all rows
};

// Shape: x is [n, d], target [n, q], centred; fold [n]. Cost: n d (d + q) for each fold.
[[nodiscard]] PrimalRidgeFit fit_primal_ridge(const MatrixRowsF& x, const MatrixRowsF& target,
                                              std::span<const std::uint32_t> fold);

}  // namespace ooe::learn
