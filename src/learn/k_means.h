// Clusters of sparse unit vectors by direction.
// Source: spherical k-means, Dhillon and Modha 2001; seeds by k-means++, Arthur and Vassilvitskii
// 2007.
#pragma once

#include <cstddef>
#include <cstdint>

#include "learn/sparse_rows.h"
#include "learn/symmetric_tiles.h"

namespace ooe::learn {

struct KMeans {
  MatrixRowsF centres;  // [k, width], unit length

  // The centre most alike; ties, and vectors like none, go to the lower one.
  [[nodiscard]] std::uint32_t nearest(const SparseRows& rows, std::size_t row) const;
};

// Same rows, k and seed: same bits, for any number of threads. Fewer centres than k when there are
// fewer rows.
[[nodiscard]] KMeans fit_k_means(const SparseRows& rows, std::size_t k, std::uint64_t seed,
                                 std::size_t threads);

}  // namespace ooe::learn
