// The constant model, baseline of all others and anchor of their intercepts: each expert's mean
// score, shrunk towards the mean of all outcomes as if it had answered kPriorOutcomes questions
// more, at that mean. Experts' true means in the benchmarks we know spread with a standard
// deviation near 0.15, single scores around them with a variance near 0.24, and 0.24 / 0.15^2 is
// about 10: the empirical-Bayes weight.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/outcome.h"

namespace ooe::predictor {

inline constexpr double kPriorOutcomes = 10.0;

struct Levels {
  std::vector<double> mean;        // [n_experts], strictly inside (0, 1)
  std::vector<std::size_t> count;  // [n_experts], outcomes behind it
};

// From the rows `rows` of the matrix alone. An expert without outcomes gets the mean of all.
[[nodiscard]] Levels fit_levels(const OutcomeMatrix& outcomes, std::span<const std::size_t> rows);

}  // namespace ooe::predictor
