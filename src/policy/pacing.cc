#include "policy/pacing.h"

#include <algorithm>
#include <cmath>
#include <variant>

#include "base/check.h"

namespace ooe::policy {
namespace {

constexpr int kCurvePoints = 96;

using Point = std::pair<double, double>;  // what is reached, multiplier

// Rising in what is reached; among equals as the multipliers run, so that neighbours on the curve
// are neighbours here.
void sort_curve(std::vector<Point>& points, bool multiplier_rises) {
  std::ranges::sort(points, [&](const Point& a, const Point& b) {
    if (a.first != b.first) return a.first < b.first;
    return multiplier_rises ? a.second < b.second : a.second > b.second;
  });
}

}  // namespace

Pacer::Pacer(double target, PacerOptions options)
    : target_(target),
      options_(options),
      burst_spent_(target * options.burst_window),
      recent_spent_(target * options.window),
      recent_aim_(target * options.window) {
  OOE_CHECK(target > 0.0 && options.window >= 1.0 && options.horizon >= 1.0 &&
                options.rate_max >= 1.0 && options.answer_max >= 1.0 &&
                options.burst_window >= 1.0 && options.burst_max > options.burst_free,
            "a pacer has a target and sane options");
}

double Pacer::aim() const {
  const double rate = std::clamp(target_ + saved_ / options_.horizon, target_ / options_.rate_max,
                                 target_ * options_.rate_max);
  // How much comes of one unit of aim.
  const double answer =
      std::clamp(recent_spent_ / recent_aim_, 1.0 / options_.answer_max, options_.answer_max);
  const double burst = burst_spent_ / (target_ * options_.burst_window);
  const double held_back =
      !options_.bursts
          ? 1.0
          : std::clamp((options_.burst_max - burst) / (options_.burst_max - options_.burst_free),
                       0.0, 1.0);
  return held_back * rate / answer;
}

void Pacer::observe(double aim, double spent) {
  const double keep = 1.0 - 1.0 / options_.window;
  recent_aim_ = keep * recent_aim_ + aim;
  recent_spent_ = keep * recent_spent_ + spent;
  burst_spent_ = (1.0 - 1.0 / options_.burst_window) * burst_spent_ + spent;
  const double most = options_.memory * options_.horizon * target_;
  saved_ = std::clamp(saved_ + target_ - spent, -most, most);
}

TradeoffCurve TradeoffCurve::of_cost(std::span<const Expert> experts,
                                     const CalibrationSample& sample) {
  TradeoffCurve curve;
  const double dearest = outlook({}, experts, sample).cost_usd;
  const double cheapest = outlook({.quality_per_usd = kQualityPerUsdMax}, experts, sample).cost_usd;
  curve.points_.emplace_back(dearest, 0.0);
  curve.points_.emplace_back(cheapest, kQualityPerUsdMax);
  // Multipliers evenly in the logarithm, over all the range in which a query can be worth it: from
  // a thousandth of a quality point for the dearest mean cost to a point for a millionth of it.
  for (int i = 0; dearest > 0.0 && i < kCurvePoints; ++i) {
    const double part = static_cast<double>(i) / (kCurvePoints - 1);
    const double multiplier = std::pow(10.0, -3.0 + 9.0 * part) / dearest;
    const double cost = outlook({.quality_per_usd = multiplier}, experts, sample).cost_usd;
    curve.points_.emplace_back(cost, multiplier);
  }
  sort_curve(curve.points_, false);
  return curve;
}

TradeoffCurve TradeoffCurve::of_ownership(std::span<const Expert> experts,
                                          const CalibrationSample& sample) {
  TradeoffCurve curve;
  curve.ownership_ = true;
  for (int i = 0; i < kCurvePoints; ++i) {
    // Denser near zero, where most queries change their minds.
    const double x = static_cast<double>(i) / (kCurvePoints - 1);
    const double bonus = kOwnBonusMax * x * x * x;
    curve.points_.emplace_back(outlook({.own_bonus = bonus}, experts, sample).own_share, bonus);
  }
  sort_curve(curve.points_, true);
  return curve;
}

Tradeoff TradeoffCurve::at(double aim) const {
  const auto above = std::ranges::lower_bound(points_, aim, {}, &std::pair<double, double>::first);
  double multiplier = 0.0;
  if (above == points_.begin()) {
    multiplier = points_.front().second;
  } else if (above == points_.end()) {
    multiplier = points_.back().second;
  } else {
    const auto& [x0, y0] = *(above - 1);
    const auto& [x1, y1] = *above;
    const double part = (aim - x0) / (x1 - x0);
    // Prices of money span decades: between two of them, evenly in the logarithm.
    multiplier = y0 > 0.0 && y1 > 0.0 ? y0 * std::pow(y1 / y0, part) : y0 + part * (y1 - y0);
  }
  return ownership_ ? Tradeoff{.own_bonus = multiplier} : Tradeoff{.quality_per_usd = multiplier};
}

std::optional<PacingPlan> plan_pacing(const Goal& goal, std::span<const Expert> experts,
                                      const CalibrationSample& sample) {
  if (const auto* maximise = std::get_if<MaximiseQuality>(&goal.aim)) {
    if (!maximise->per_1k_queries_max || maximise->per_1k_queries_max->nano == 0) return {};
    return PacingPlan{to_double(*maximise->per_1k_queries_max) / 1'000.0,
                      {},
                      TradeoffCurve::of_cost(experts, sample)};
  }
  if (const auto* ownership = std::get_if<OwnershipShare>(&goal.aim)) {
    if (ownership->share == 0.0) return {};
    return PacingPlan{
        ownership->share, {.bursts = false}, TradeoffCurve::of_ownership(experts, sample)};
  }
  return {};
}

}  // namespace ooe::policy
