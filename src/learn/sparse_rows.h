// Many sparse vectors in one block: the design matrix of training, rows are questions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <Eigen/Core>

#include "learn/as_index.h"

namespace ooe::learn {

struct SparseRows {
  std::size_t width = 0;
  std::vector<std::size_t> begin{0};  // [n_rows + 1]
  std::vector<std::uint32_t> index;
  std::vector<float> value;

  [[nodiscard]] std::size_t n_rows() const { return begin.size() - 1; }

  // Returns the product of row `row` with `weights`. Shape: weights is [width] or longer.
  [[nodiscard]] double dot(std::size_t row, const Eigen::VectorXd& weights) const {
    double sum = 0.0;
    for (std::size_t k = begin[row]; k < begin[row + 1]; ++k) {
      sum += double{value[k]} * weights[as_index(index[k])];
    }
    return sum;
  }

  // weights += scale * row.
  void add_to(std::size_t row, double scale, Eigen::VectorXd& weights) const {
    for (std::size_t k = begin[row]; k < begin[row + 1]; ++k) {
      weights[as_index(index[k])] += scale * double{value[k]};
    }
  }
};

}  // namespace ooe::learn
