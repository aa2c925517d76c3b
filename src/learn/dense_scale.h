// Dense features on a common scale: (x - mean) / sd, kept within 4 standard deviations, times a
// weight. With weights of 1 / sqrt(p) a row of p features has length near 1, as n-grams have.
#pragma once

#include <vector>

#include "learn/symmetric_tiles.h"

namespace ooe::learn {

struct DenseScale {
  std::vector<float> mean;    // [p]
  std::vector<float> sd;      // [p], > 0
  std::vector<float> weight;  // [p]

  // Writes the scaled features. Requires: both have mean.size() numbers.
  void apply(const float* raw, float* scaled) const;
};

// Shape: raw is [n, p], weight [p].
[[nodiscard]] DenseScale fit_dense_scale(const MatrixRowsF& raw, std::vector<float> weight);
[[nodiscard]] MatrixRowsF scaled(const MatrixRowsF& raw, const DenseScale& scale);

}  // namespace ooe::learn
