// The logistic function and its inverse.
#pragma once

#include <cmath>

namespace ooe::learn {

[[nodiscard]] inline double sigmoid(double logit) { return 1.0 / (1.0 + std::exp(-logit)); }

// Requires: probability in (0, 1).
[[nodiscard]] inline double logit(double probability) {
  return std::log(probability / (1.0 - probability));
}

}  // namespace ooe::learn
