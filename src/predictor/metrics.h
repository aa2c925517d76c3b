// How good predictions are, on outcomes their models did not see. A cell is one expert's outcome on
// one question; cells that were not measured (NaN scores) or not predicted (NaN qualities) do not
// count. Shape: scores and qualities are [n_queries, n_experts], row-major.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace ooe::predictor {

// Cross-entropy of one soft outcome, probabilities kept 1e-6 away from 0 and 1.
[[nodiscard]] double log_loss(double score, double quality);

struct Quality {
  std::size_t cells = 0;
  double log_loss = 0.0;
  double brier = 0.0;
  double auc = 0.5;  // mean over experts with both kinds of outcome; 0.5 without any
  double ece = 0.0;  // expected calibration error, 15 equal bins of the quality
};
[[nodiscard]] Quality measure(std::span<const float> scores, std::span<const float> qualities,
                              std::size_t n_experts);

// How much lower the log loss of `qualities` is than that of `baseline`, on the mean over cells,
// and the standard error of that difference. Questions are the units of chance, not cells: experts
// are wrong together.
struct Gain {
  double mean = 0.0;
  double standard_error = 0.0;
};
[[nodiscard]] Gain log_loss_gain(std::span<const float> scores, std::span<const float> qualities,
                                 std::span<const float> baseline, std::size_t n_experts);

// The standard deviation to state beside each expert's predictions. Not that of one answer, which
// is right or wrong, but of the expectation: how far the mean score of questions that got the same
// prediction lies from it. Per expert, with residuals r = score - quality in up to ten bins of the
// quality, each of n_b >= 20 cells:
//   variance = max(0, mean over cells of (mean_b r)^2 - var_b(r)/n_b) + var(r)/(n + kPriorOutcomes)
// The first part is miscalibration without the noise of the answers themselves, the second what n
// outcomes leave open about the level: 0.16 for an expert nobody has asked. It says nothing of how
// far single queries of one bin differ, which outcomes seen once cannot tell. Shape: [n_experts].
[[nodiscard]] std::vector<double> calibration_sd(std::span<const float> scores,
                                                 std::span<const float> qualities,
                                                 std::size_t n_experts);

}  // namespace ooe::predictor
