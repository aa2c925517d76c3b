#include "evaluate/metrics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace ooe::evaluate {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

template <class Loss>
double mean_of(std::span<const double> p, std::span<const double> s, Loss loss) {
  double sum = 0.0;
  for (std::size_t i = 0; i < p.size(); ++i) sum += loss(p[i], s[i]);
  return p.empty() ? kNaN : sum / static_cast<double>(p.size());
}

}  // namespace

double log_loss(std::span<const double> p, std::span<const double> s) {
  return mean_of(p, s, [](double prediction, double score) {
    const double q = std::clamp(prediction, kProbabilityMin, 1.0 - kProbabilityMin);
    return -(score * std::log(q) + (1.0 - score) * std::log1p(-q));
  });
}

double brier(std::span<const double> p, std::span<const double> s) {
  return mean_of(p, s, [](double prediction, double score) {
    return (prediction - score) * (prediction - score);
  });
}

double auc(std::span<const double> p, std::span<const double> s) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, {}, [&](std::size_t i) { return p[i]; });
  double wrong_below = 0.0;
  double right_total = 0.0;
  double pairs = 0.0;
  for (std::size_t first = 0; first < order.size();) {
    double right = 0.0;
    double wrong = 0.0;
    std::size_t last = first;
    for (; last < order.size() && p[order[last]] == p[order[first]]; ++last) {
      right += s[order[last]];
      wrong += 1.0 - s[order[last]];
    }
    pairs += right * (wrong_below + 0.5 * wrong);
    wrong_below += wrong;
    right_total += right;
    first = last;
  }
  const double all = right_total * wrong_below;
  return all > 0.0 ? pairs / all : kNaN;
}

double calibration_error(std::span<const double> p, std::span<const double> s) {
  std::array<double, kCalibrationBins> surplus{};  // sum of p - s
  for (std::size_t i = 0; i < p.size(); ++i) {
    const double place = std::clamp(p[i], 0.0, 1.0) * static_cast<double>(kCalibrationBins);
    surplus[std::min(static_cast<std::size_t>(place), kCalibrationBins - 1)] += p[i] - s[i];
  }
  double sum = 0.0;
  for (const double bin : surplus) sum += std::abs(bin);
  return p.empty() ? kNaN : sum / static_cast<double>(p.size());
}

}  // namespace ooe::evaluate
