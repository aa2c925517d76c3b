#include "evaluate/two_sides.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "base/check.h"
#include "base/nan.h"

namespace ooe::evaluate {
namespace {

void append(const TwoSides& from, std::size_t row, TwoSides& to) {
  to.gain.push_back(from.gain[row]);
  to.weak_score.push_back(from.weak_score[row]);
  to.strong_score.push_back(from.strong_score[row]);
  to.weak_usd.push_back(from.weak_usd[row]);
  to.strong_usd.push_back(from.strong_usd[row]);
}

}  // namespace

void rank_within_folds(TwoSides& sides, std::span<const std::uint32_t> fold) {
  if (fold.empty()) return;
  OOE_CHECK(fold.size() == sides.n_queries(), "a fold of every query");
  std::map<std::uint32_t, double> size;
  for (const std::uint32_t one : fold) size[one] += 1.0;
  std::map<std::uint32_t, double> gone;
  const std::vector<double> gain = sides.gain;
  const std::vector<std::size_t> order = by_falling_gain(gain);
  for (std::size_t begin = 0; begin < order.size();) {
    const std::size_t end = end_of_ties(gain, order, begin);
    std::map<std::uint32_t, double> ties;
    for (std::size_t i = begin; i < end; ++i) ties[fold[order[i]]] += 1.0;
    for (std::size_t i = begin; i < end; ++i) {
      const std::uint32_t of_query = fold[order[i]];
      sides.gain[order[i]] = -(gone[of_query] + 0.5 * ties[of_query]) / size[of_query];
    }
    for (const auto& [of_group, count] : ties) gone[of_group] += count;
    begin = end;
  }
}

RankedSides rank(const TwoSides& sides) {
  RankedSides ranked;
  ranked.query = by_falling_gain(sides.gain);
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
  const double first = std::round(weak_share * n);
  const auto& [gain, weak_score, strong_score, weak_usd, strong_usd] = by_falling_gain;
  double sum = 0.0;
  for (std::size_t begin = 0; begin < gain.size();) {
    std::size_t end = begin + 1;
    while (end < gain.size() && gain[end] == gain[begin]) ++end;
    // How much of each of these queries, in the mean over their orders, goes to the weak side.
    const double part = std::clamp(
        (first - static_cast<double>(begin)) / static_cast<double>(end - begin), 0.0, 1.0);
    for (; begin < end; ++begin) {
      if (part > 0.0) sum += part * weak_usd[begin];
      if (part < 1.0) sum += (1.0 - part) * strong_usd[begin];
    }
  }
  return sum / n;
}

double mean_over_shares(const DeferralCurve& curve) {
  if (curve.accuracy.empty()) return kNaN;
  const double sum = std::accumulate(curve.accuracy.begin(), curve.accuracy.end(), 0.0);
  return (sum - 0.5 * (curve.strong() + curve.weak())) / static_cast<double>(curve.n_queries());
}

}  // namespace ooe::evaluate
