// Random sparse rows for the tests of this room.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/rng.h"
#include "learn/as_index.h"
#include "learn/sparse_rows.h"
#include "learn/symmetric_tiles.h"

namespace ooe::learn {

// Rows of up to `nonzero_max` different entries, unit length; some rows are empty.
inline SparseRows random_rows(std::size_t n, std::size_t width, std::size_t nonzero_max, Rng& rng) {
  SparseRows rows;
  rows.width = width;
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<std::uint32_t> indices;
    for (std::size_t k = rng.below(nonzero_max + 1); k > 0; --k) {
      indices.push_back(static_cast<std::uint32_t>(rng.below(width)));
    }
    std::ranges::sort(indices);
    indices.erase(std::unique(indices.begin(), indices.end()), indices.end());
    const float length = std::sqrt(static_cast<float>(std::max<std::size_t>(1, indices.size())));
    for (const std::uint32_t index : indices) {
      rows.index.push_back(index);
      rows.value.push_back((rng.below(2) == 0 ? 1.0F : -1.0F) / length);
    }
    rows.begin.push_back(rows.index.size());
  }
  return rows;
}

inline Eigen::MatrixXd to_dense(const SparseRows& rows) {
  Eigen::MatrixXd dense = Eigen::MatrixXd::Zero(as_index(rows.n_rows()), as_index(rows.width));
  for (std::size_t i = 0; i < rows.n_rows(); ++i) {
    for (std::size_t e = rows.begin[i]; e < rows.begin[i + 1]; ++e) {
      dense(as_index(i), as_index(rows.index[e])) += double{rows.value[e]};
    }
  }
  return dense;
}

inline MatrixRowsF random_matrix(std::size_t rows, std::size_t columns, Rng& rng) {
  MatrixRowsF matrix(as_index(rows), as_index(columns));
  for (Eigen::Index i = 0; i < matrix.size(); ++i) {
    matrix.data()[i] = static_cast<float>(rng.normal());
  }
  return matrix;
}

}  // namespace ooe::learn
