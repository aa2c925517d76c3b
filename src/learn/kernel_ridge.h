// Ridge regression of many targets at once on n-grams and a few dense features, with what each
// prediction would have been had its question, or its fold, not been in the data.
//
//   minimise  |Y - X W|^2 + alpha |W|^2           X = [n-grams, dense], [n, d], d far above n
//   K = X X',   B = (K + alpha I)^-1 Y,   W = X' B        (the dual form: n unknowns, not d)
//   leave-one-out:  yhat_i = y_i - B_i / ((K + alpha I)^-1)_ii        exact, no refitting
//   out of fold f:  yhat_f = K_fs (K_ss + alpha I)^-1 Y_s             s: the rows of other folds
//
// Leave-one-out is free, but each of its predictions is bent by a known share of its own target; a
// model that is fitted to several of them learns to read the target back. So what goes on into
// further fits of the same outcomes is predicted out of fold.
//
// Above `rows_per_block` questions the data is dealt into blocks of equal size, each fitted alone,
// and the weights are averaged: memory grows with the square of a block, not of the data, and the
// average of m such fits with the penalty of the whole loses little. A question's own block leaves
// it out, the others never saw it:
//   yhat_i = x_i W + (out_i - x_i W_own) / n_blocks       out: of its fold, or itself, in its block
// Sources: Saunders, Gammerman, Vovk 1998 (dual ridge); Allen 1974 (leave-one-out, PRESS); Zhang,
// Duchi, Wainwright 2013 (divide and conquer).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "learn/sparse_rows.h"
#include "learn/symmetric_tiles.h"

namespace ooe::learn {

// Shape: n questions, p dense features, q targets.
struct RidgeProblem {
  const SparseRows& ngrams;                  // [n, width]; may be of width 0
  const MatrixRowsF& dense;                  // [n, p]
  const MatrixRowsF& target;                 // [n, q], centred
  std::span<const std::uint32_t> fold = {};  // [n]; empty: leave one out
};

struct RidgeOptions {
  std::size_t rows_per_block = 12'500;  // at most; a block of b rows takes some 6 b^2 bytes
  std::size_t threads = 0;
};

// As few blocks as memory and time allow. n b^2 is what a fit costs: it grows up to that of three
// full blocks, and beyond them the blocks get smaller instead. The error of an average hardly grows
// while its blocks see far more rows than the effective dimension (Zhang, Duchi, Wainwright).
[[nodiscard]] std::size_t count_blocks(std::size_t n, std::size_t rows_per_block);

struct RidgeFit {
  MatrixRowsF left_out;       // [n, q], predictions out of fold, or with one left out
  MatrixRowsF ngram_weights;  // [width, q]
  MatrixRowsF dense_weights;  // [p, q]
};

// Returns a fit for each of `alphas`, in their order. Requires: alphas > 0; n > 0.
// Cost: for each alpha 2/3 n b^2 multiplications and additions to leave one out; with folds 1/3 n
// b^2 and as much again for each fold, less its share. Memory: some 6 b^2 bytes in all.
[[nodiscard]] std::vector<RidgeFit> fit_ridge(const RidgeProblem& problem,
                                              std::span<const double> alphas,
                                              const RidgeOptions& options);

}  // namespace ooe::learn
