// Inner products of all pairs of questions: of their n-grams, plus those of a few dense features.
#pragma once

#include <cstddef>
#include <span>

#include "learn/sparse_rows.h"
#include "learn/symmetric_tiles.h"

namespace ooe::learn {

// Returns K with K_ab = x_a . x_b over the n-grams of rows[a] and rows[b]. Cost: for each n-gram,
// half the square of the number of rows that have it.
[[nodiscard]] SymmetricTiles gram(const SparseRows& features, std::span<const std::size_t> rows,
                                  std::size_t threads);

// Adds scale * z_a . z_b. Shape: dense is [k.n(), any].
void add_gram(const MatrixRowsF& dense, float scale, SymmetricTiles& k, std::size_t threads);

}  // namespace ooe::learn
