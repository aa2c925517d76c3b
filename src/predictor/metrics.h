// How good predictions are, on outcomes their models did not see: the only definitions of these
// figures; evaluate/ reports the same. A score between 0 and 1 counts as that much of a right
// answer and the rest of a wrong one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ooe::predictor {

// Predictions nearer to 0 and 1 than this are taken as this far away, so that one of them being
// wrong does not make the whole log loss infinite.
inline constexpr double kProbabilityMin = 1e-6;

inline constexpr std::size_t kCalibrationBins = 15;

// Cross-entropy of one outcome, in nats: -(s ln q + (1 - s) ln(1 - q)).
[[nodiscard]] double log_loss(double score, double quality);

// Of one list of cells. All require scores.size() == qualities.size() and no NaN, and return NaN
// for no data.

// Mean of log_loss() over the cells.
[[nodiscard]] double log_loss(std::span<const double> scores, std::span<const double> qualities);

// Mean of (quality - score)^2 (Brier 1950).
[[nodiscard]] double brier(std::span<const double> scores, std::span<const double> qualities);

// The chance that a right answer had a higher prediction than a wrong one, ties counting half
// (Mann and Whitney 1947). NaN when there are only right or only wrong ones.
[[nodiscard]] double auc(std::span<const double> scores, std::span<const double> qualities);

// The same within each fold, averaged by the cells of those that have both kinds. The models of
// different folds have levels of their own, each the lower the better its fold's answers are: over
// all folds at once, even predictions that know nothing come out worse than chance.
// Shape: `fold` as scores; empty: all are of one model.
[[nodiscard]] double auc(std::span<const double> scores, std::span<const double> qualities,
                         std::span<const std::uint32_t> fold);

// Expected calibration error: over kCalibrationBins bins of equal width of the quality, the
// distance between average prediction and average score, weighted by the bin's share (Guo et al.
// 2017).
[[nodiscard]] double calibration_error(std::span<const double> scores,
                                       std::span<const double> qualities);

// From here on a cell is one expert's outcome on one question; cells that were not measured (NaN
// scores) or not predicted (NaN qualities) do not count. Shape: scores and qualities are
// [n_queries, n_experts], row-major; fold is [n_queries], or empty for one model.

struct Quality {
  std::size_t cells = 0;
  double log_loss = 0.0;
  double brier = 0.0;
  double auc = 0.5;  // mean over experts with both kinds of outcome; 0.5 without any
  double ece = 0.0;  // calibration_error() of all cells together
};
[[nodiscard]] Quality measure(std::span<const float> scores, std::span<const float> qualities,
                              std::size_t n_experts, std::span<const std::uint32_t> fold = {});

// How much lower the log loss of `qualities` is than that of `baseline`, on the mean over cells,
// and the standard error of that difference. Questions are the units of chance, not cells: experts
// are wrong together. What is better by chance is not better: that takes more than two standard
// errors. (A gain around zero is at most sqrt(questions) of them, so that less than five questions
// are never sure.)
inline constexpr double kSureErrors = 2.0;
struct Gain {
  double mean = 0.0;
  double standard_error = 0.0;

  [[nodiscard]] bool is_sure() const { return mean > kSureErrors * standard_error; }
  [[nodiscard]] bool is_surely_a_loss() const { return mean < -kSureErrors * standard_error; }
};
[[nodiscard]] Gain log_loss_gain(std::span<const float> scores, std::span<const float> qualities,
                                 std::span<const float> baseline, std::size_t n_experts);

// The standard deviation to state beside each expert's predictions. Not that of one answer, which
// is right or wrong, but of the expectation: how far the mean score of questions that got the same
// prediction lies from it. Per expert, with residuals r = score - quality in up to ten bins of the
// quality, each of n_b >= 20 cells:
//   variance = max(0, mean over cells of (mean_b r)^2 - var_b(r)/n_b) + var(r)/(n + kPriorOutcomes)
// The first part is miscalibration without the noise of the answers themselves, the second what the
// n outcomes that its level was made of, more than there are cells where a part was judged, leave
// open about it: 0.16 for an expert nobody has asked. It says nothing of how far single queries of
// one bin differ, which outcomes seen once cannot tell. Shape: outcomes, n, and the result [n_experts].
[[nodiscard]] std::vector<double> calibration_sd(std::span<const float> scores,
                                                 std::span<const float> qualities,
                                                 std::span<const std::size_t> outcomes);

}  // namespace ooe::predictor
