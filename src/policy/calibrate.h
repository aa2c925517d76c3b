// From a goal to a trade-off, on held-out predictions: the budget's Lagrange multiplier by
// bisection.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "base/result.h"
#include "core/expert.h"
#include "core/goal.h"
#include "policy/decide.h"

namespace ooe::policy {

// Predictions of held-out queries. Shape: quality and cost_usd are [n_queries, n_experts],
// row-major.
struct CalibrationSample {
  std::span<const float> quality;
  std::span<const float> cost_usd;  // expected, NaN without a price
  std::size_t n_queries = 0;
};

// What the goal is expected to bring, a query, on the calibration sample.
struct Calibrated {
  Tradeoff tradeoff;
  double quality = 0.0;   // predicted
  double cost_usd = 0.0;  // predicted
};

// Errors: invalid_argument when the goal cannot be met (the message names the nearest that can),
// names an unknown expert, or needs prices that are missing.
[[nodiscard]] Result<Calibrated> calibrate(const Goal& goal, std::span<const Expert> experts,
                                           const CalibrationSample& sample);

}  // namespace ooe::policy
