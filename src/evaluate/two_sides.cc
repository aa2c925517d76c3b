#include "evaluate/two_sides.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

namespace ooe::evaluate {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

void append(const TwoSides& from, std::size_t row, TwoSides& to) {
  to.gain.push_back(from.gain[row]);
  to.weak_score.push_back(from.weak_score[row]);
  to.strong_score.push_back(from.strong_score[row]);
  to.weak_usd.push_back(from.weak_usd[row]);
  to.strong_usd.push_back(from.strong_usd[row]);
}

}  // namespace

RankedSides rank(const TwoSides& sides) {
  RankedSides ranked;
  ranked.query.resize(sides.n_queries());
  std::iota(ranked.query.begin(), ranked.query.end(), std::size_t{0});
  std::ranges::stable_sort(ranked.query, std::ranges::greater{},
                           [&](std::size_t i) { return sides.gain[i]; });
  for (const std::size_t query : ranked.query) append(sides, query, ranked.rows);
  return ranked;
}

TwoSides drawn(const RankedSides& ranked, std::span<const double> times) {
  TwoSides sample;
  for (std::size_t row = 0; row < ranked.query.size(); ++row) {
    for (double left = times[ranked.query[row]]; left > 0.5; left -= 1.0) {
      append(ranked.rows, row, sample);
    }
  }
  return sample;
}

DeferralCurve deferral_curve(const TwoSides& sides) {
  return deferral_curve(sides.gain, sides.weak_score, sides.strong_score);
}

double usd_at(const TwoSides& by_falling_gain, double weak_share) {
  const auto n = static_cast<double>(by_falling_gain.n_queries());
  if (n == 0.0) return kNaN;
  const auto first = static_cast<std::size_t>(std::llround(weak_share * n));
  double sum = 0.0;
  for (std::size_t i = 0; i < by_falling_gain.n_queries(); ++i) {
    sum += i < first ? by_falling_gain.weak_usd[i] : by_falling_gain.strong_usd[i];
  }
  return sum / n;
}

double mean_over_shares(const DeferralCurve& curve) {
  if (curve.accuracy.empty()) return kNaN;
  const double sum = std::accumulate(curve.accuracy.begin(), curve.accuracy.end(), 0.0);
  return (sum - 0.5 * (curve.strong() + curve.weak())) / static_cast<double>(curve.n_queries());
}

}  // namespace ooe::evaluate
