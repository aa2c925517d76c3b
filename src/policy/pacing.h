// Pacing: a goal about money or ownership is calibrated on yesterday's queries; today's are others.
// A pacer watches what really happens and shifts the aim, so that the running mean converges to the
// target while traffic drifts. Pure: no clock, no lock; a query's news comes in, an aim goes out.
//
// Two terms. The pace of the last `window` queries tells by which factor the world answers an aim
// (answers longer than predicted, other queries, failed attempts); dividing by it brings the *rate*
// to the target. What was spent too much or too little so far is paid back over the next `horizon`
// queries; that brings the *sum* there. Both are bounded, and the window is shorter than the
// horizon, so that the second never chases what the first is about to correct: no oscillation. A
// few dear answers in a row are no drift, but still a burst of spending: the more the last
// `burst_window` queries came to, beyond burst_free times the target, the lower the next aim.
// Compare the adaptive pacing of budgets in auctions, Balseiro and Gur 2019, whose dual step this
// replaces by a curve known from calibration.
#pragma once

#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "core/expert.h"
#include "core/goal.h"
#include "policy/calibrate.h"
#include "policy/decide.h"

namespace ooe::policy {

struct PacerOptions {
  double window = 200.0;     // queries; shorter follows drift sooner, and more nervously
  double horizon = 1'000.0;  // queries; shorter pays debts back sooner, in larger swings
  double rate_max = 2.0;  // the rate asked for lies within target / rate_max and target * rate_max
  double answer_max = 8.0;  // and the factor by which the world answers within 1 / this and this
  // What was saved or owed beyond this many horizons of the target is forgotten: months of cheap
  // traffic are no licence to spend twice the budget for months.
  double memory = 5.0;
  double burst_window = 20.0;  // queries; about what comes in a quiet minute
  double burst_free = 1.5;     // of the target: up to here nothing happens,
  double burst_max = 3.0;      // and from here on the aim is 0
  bool bursts = true;          // false for shares: one answer is one answer, there are no dear ones
};

// Of one number a query: USD, or 1 for an own answer and 0 for another.
class Pacer {
 public:
  // Requires: target > 0.
  explicit Pacer(double target, PacerOptions options = {});

  // What to aim at for the next query, in the target's unit.
  [[nodiscard]] double aim() const;
  // A query that was decided with `aim` has come to `spent`.
  void observe(double aim, double spent);

  [[nodiscard]] double target() const { return target_; }

 private:
  double target_;
  PacerOptions options_;
  double saved_ = 0.0;   // target less spent, summed; below zero: a debt
  double burst_spent_;   // exponentially weighted over burst_window
  double recent_spent_;  // exponentially weighted, both with one window's worth of target at first
  double recent_aim_;
};

// From an aim to the trade-off that is predicted to reach it, on the calibration sample.
class TradeoffCurve {
 public:
  // Cost a query against quality_per_usd; share of own answers against own_bonus. Requires: as
  // calibrate(), and prices for the first.
  [[nodiscard]] static TradeoffCurve of_cost(std::span<const Expert> experts,
                                             const CalibrationSample& sample);
  [[nodiscard]] static TradeoffCurve of_ownership(std::span<const Expert> experts,
                                                  const CalibrationSample& sample);

  // Between two points of the curve, linear; beyond its ends, the end.
  [[nodiscard]] Tradeoff at(double aim) const;

 private:
  bool ownership_ = false;
  std::vector<std::pair<double, double>> points_;  // (what is reached, multiplier), rising
};

// A goal that can be paced: what to reach a query, and how to aim at it.
struct PacingPlan {
  double target = 0.0;  // USD, or a share
  PacerOptions options = {};
  TradeoffCurve curve;
};

// Returns nothing for a goal that sets neither a budget nor a share. Requires: calibrate() has
// accepted the goal on this sample.
[[nodiscard]] std::optional<PacingPlan> plan_pacing(const Goal& goal,
                                                    std::span<const Expert> experts,
                                                    const CalibrationSample& sample);

}  // namespace ooe::policy
