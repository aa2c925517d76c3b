#include "evaluate/deferral_curve.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/check.h"
#include "base/nan.h"
#include "evaluate/rounding.h"

namespace ooe::evaluate {
namespace {

bool usable(std::span<const double> gain, std::span<const float> weak,
            std::span<const float> strong) {
  const auto is_nan = [](auto value) { return std::isnan(value); };
  return gain.size() == weak.size() && gain.size() == strong.size() &&
         std::ranges::none_of(gain, is_nan) && std::ranges::none_of(weak, is_nan) &&
         std::ranges::none_of(strong, is_nan);
}

// The largest k with accuracy[k] >= target; n + 1 when there is none.
std::size_t last_at_least(const DeferralCurve& curve, double target) {
  for (std::size_t k = curve.accuracy.size(); k > 0; --k) {
    if (curve.accuracy[k - 1] >= target - kRounding) return k - 1;
  }
  return curve.accuracy.size();
}

// The gain from which on the weak side answers: the lowest that reaches the target. Queries of equal
// gain go together, so only the places between them count.
double threshold_on(std::span<const double> gain, std::span<const float> weak,
                    std::span<const float> strong, double tolerance) {
  const DeferralCurve curve = deferral_curve(gain, weak, strong);
  const std::vector<std::size_t> order = by_falling_gain(gain);
  double threshold = std::numeric_limits<double>::infinity();
  for (std::size_t begin = 0; begin < order.size();) {
    const double here = gain[order[begin]];
    begin = end_of_ties(gain, order, begin);
    if (curve.accuracy[begin] >= curve.strong() - tolerance - kRounding) threshold = here;
  }
  return threshold;
}

}  // namespace

double DeferralCurve::strong() const { return accuracy.empty() ? kNaN : accuracy.front(); }
double DeferralCurve::weak() const { return accuracy.empty() ? kNaN : accuracy.back(); }

std::vector<std::size_t> by_falling_gain(std::span<const double> gain) {
  std::vector<std::size_t> order(gain.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::size_t i) { return gain[i]; });
  return order;
}

std::size_t end_of_ties(std::span<const double> gain, std::span<const std::size_t> order,
                        std::size_t begin) {
  std::size_t end = begin + 1;
  while (end < order.size() && gain[order[end]] == gain[order[begin]]) ++end;
  return end;
}

DeferralCurve deferral_curve(std::span<const double> gain, std::span<const float> weak_score,
                             std::span<const float> strong_score) {
  OOE_CHECK(usable(gain, weak_score, strong_score), "a gain and two scores of every query, no NaN");
  DeferralCurve curve;
  if (gain.empty()) return curve;
  const auto n = static_cast<double>(gain.size());
  // Sums first, one division each: with scores of 0 and 1 no step of the curve is off by rounding.
  double sum = 0.0;
  for (const float score : strong_score) sum += double{score};
  curve.accuracy.reserve(gain.size() + 1);
  curve.accuracy.push_back(sum / n);
  const std::vector<std::size_t> order = by_falling_gain(gain);
  for (std::size_t begin = 0; begin < order.size();) {
    const std::size_t end = end_of_ties(gain, order, begin);
    double difference = 0.0;
    for (std::size_t i = begin; i < end; ++i) {
      difference += double{weak_score[order[i]]} - double{strong_score[order[i]]};
    }
    const auto ties = static_cast<double>(end - begin);
    for (std::size_t i = begin; i < end; ++i) {
      const auto taken = static_cast<double>(i + 1 - begin);
      curve.accuracy.push_back((sum + difference * taken / ties) / n);
    }
    sum += difference;
    begin = end;
  }
  return curve;
}

double apgr(const DeferralCurve& curve) {
  if (curve.n_queries() == 0) return kNaN;
  double inner = 0.0;
  for (const double accuracy : curve.accuracy) inner += accuracy;
  const double ends = 0.5 * (curve.strong() + curve.weak());
  const double mean = (inner - ends) / static_cast<double>(curve.n_queries());
  const double gap = curve.strong() - curve.weak();
  return gap > kRounding ? (mean - curve.weak()) / gap : kNaN;
}

double cpt(const DeferralCurve& curve, double part) {
  const double gap = curve.strong() - curve.weak();
  if (!(gap > kRounding)) return kNaN;
  return 1.0 - weak_share_at(curve, curve.weak() + part * gap);
}

double weak_share_at(const DeferralCurve& curve, double accuracy) {
  const std::size_t k = last_at_least(curve, accuracy);
  if (curve.n_queries() == 0 || k > curve.n_queries()) return kNaN;
  return static_cast<double>(k) / static_cast<double>(curve.n_queries());
}

double weak_share_or_none(const DeferralCurve& curve, double accuracy) {
  const double share = weak_share_at(curve, accuracy);
  return curve.n_queries() > 0 && std::isnan(share) ? 0.0 : share;
}

double accuracy_at(const DeferralCurve& curve, double weak_share) {
  if (curve.n_queries() == 0) return kNaN;
  const double place = std::clamp(weak_share, 0.0, 1.0) * static_cast<double>(curve.n_queries());
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, curve.n_queries());
  return std::lerp(curve.accuracy[below], curve.accuracy[above],
                   place - static_cast<double>(below));
}

DeferredShare share_from_other_folds(std::span<const double> gain,
                                     std::span<const float> weak_score,
                                     std::span<const float> strong_score,
                                     std::span<const std::uint32_t> fold, double tolerance) {
  OOE_CHECK(fold.size() == gain.size(), "a fold of every query");
  std::vector<std::uint32_t> names(fold.begin(), fold.end());
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  if (names.size() < 2) return {kNaN, kNaN, kNaN};

  DeferredShare total;
  const auto n = static_cast<double>(gain.size());
  for (const std::uint32_t held_out : names) {
    std::vector<double> seen_gain;
    std::vector<float> seen_weak;
    std::vector<float> seen_strong;
    for (std::size_t query = 0; query < gain.size(); ++query) {
      if (fold[query] == held_out) continue;
      seen_gain.push_back(gain[query]);
      seen_weak.push_back(weak_score[query]);
      seen_strong.push_back(strong_score[query]);
    }
    const double threshold = threshold_on(seen_gain, seen_weak, seen_strong, tolerance);
    for (std::size_t query = 0; query < gain.size(); ++query) {
      if (fold[query] != held_out) continue;
      const bool weak = gain[query] >= threshold;
      total.weak_share += weak ? 1.0 / n : 0.0;
      total.accuracy += double{weak ? weak_score[query] : strong_score[query]} / n;
      total.strong_accuracy += double{strong_score[query]} / n;
    }
  }
  return total;
}

}  // namespace ooe::evaluate
