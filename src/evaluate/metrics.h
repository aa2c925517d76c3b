// How good predictions are, whoever uses them. p: predicted quality, s: real score, both in [0, 1].
// A score between 0 and 1 counts as that much of a right answer and the rest of a wrong one.
#pragma once

#include <cstddef>
#include <span>

namespace ooe::evaluate {

// Predictions nearer to 0 and 1 than this are taken as this far away, so that one of them being
// wrong does not make the whole log loss infinite.
inline constexpr double kProbabilityMin = 1e-6;

inline constexpr std::size_t kCalibrationBins = 15;

// All of these require p.size() == s.size(), and return NaN for no data.

// Mean of -(s ln p + (1 - s) ln(1 - p)), in nats.
[[nodiscard]] double log_loss(std::span<const double> p, std::span<const double> s);

// Mean of (p - s)^2 (Brier 1950).
[[nodiscard]] double brier(std::span<const double> p, std::span<const double> s);

// The chance that a right answer had a higher prediction than a wrong one, ties counting half
// (Mann and Whitney 1947). NaN when there are only right or only wrong ones.
[[nodiscard]] double auc(std::span<const double> p, std::span<const double> s);

// Expected calibration error: over kCalibrationBins bins of equal width, the mean distance between
// average prediction and average score, weighted by the bin's share (Guo et al. 2017).
[[nodiscard]] double calibration_error(std::span<const double> p, std::span<const double> s);

}  // namespace ooe::evaluate
