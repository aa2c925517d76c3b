#include "evaluate/two_sides.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <numeric>

#include "base/check.h"

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

std::vector<std::size_t> by_falling_gain(const TwoSides& sides) {
  std::vector<std::size_t> order(sides.n_queries());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::ranges::greater{},
                           [&](std::size_t i) { return sides.gain[i]; });
  return order;
}

}  // namespace

void rank_within_folds(TwoSides& sides, std::span<const std::uint32_t> fold) {
  if (fold.empty()) return;
  OOE_CHECK(fold.size() == sides.n_queries(), "a fold of every query");
  std::map<std::uint32_t, double> size;
  for (const std::uint32_t one : fold) size[one] += 1.0;
  std::map<std::uint32_t, double> gone;
  for (const std::size_t query : by_falling_gain(sides)) {
    const std::uint32_t of_query = fold[query];
    sides.gain[query] = -(gone[of_query] + 0.5) / size[of_query];
    gone[of_query] += 1.0;
  }
}

RankedSides rank(const TwoSides& sides) {
  RankedSides ranked;
  ranked.query = by_falling_gain(sides);
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
