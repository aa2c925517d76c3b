// Two ways to answer a query, a weak (open, own, cheap) side and a strong one, and a predicted gain
// that says who gets what: the curve of accuracy against the share that the weak side answers, and
// the figures people read off it. A side may be one expert or a pool; then its score is that of the
// expert the predictor chose in it.
//
// Sources: Ong et al. 2024, "RouteLLM: Learning to Route LLMs with Preference Data" (arXiv
// 2406.18665, section 3) for the recovered performance gap, APGR and CPT. The share at a quality is
// the same curve read the other way.
//
// What is read off a curve was chosen with hindsight: nobody knows the best share before the
// answers are graded. share_from_other_folds() is what stays of it without hindsight.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ooe::evaluate {

// accuracy[k] is the mean score when the k queries of the highest gain go to the weak side and the
// others to the strong one: accuracy[0] is the strong side alone, accuracy[n] the weak one. Among
// queries of equal gain it is the mean over all orders in which they could be taken.
// Shape: [n_queries + 1]; empty without queries, and then every figure below is NaN.
struct DeferralCurve {
  std::vector<double> accuracy;

  [[nodiscard]] std::size_t n_queries() const { return accuracy.empty() ? 0 : accuracy.size() - 1; }
  [[nodiscard]] double strong() const;
  [[nodiscard]] double weak() const;
};

// Returns every query, those of the highest gain first; equal gains stay in the order they came in.
[[nodiscard]] std::vector<std::size_t> by_falling_gain(std::span<const double> gain);

// Returns the place behind the last query in `order` whose gain is that of the one at `begin`: no
// predictor has said which of these goes first. Requires: `order` is by_falling_gain().
[[nodiscard]] std::size_t end_of_ties(std::span<const double> gain,
                                      std::span<const std::size_t> order, std::size_t begin);

// Shape: all [n_queries]. `gain` is the predicted quality of the weak side less that of the strong
// one; only its order counts. The order of the queries does not.
// Requires: equal sizes and no NaN; the program stops otherwise.
[[nodiscard]] DeferralCurve deferral_curve(std::span<const double> gain,
                                           std::span<const float> weak_score,
                                           std::span<const float> strong_score);

// Average performance gap recovered: the mean of the curve over all shares (trapezoid rule), put on
// a scale where the weak side alone is 0 and the strong side alone is 1. Random mixing gets 0.5.
// NaN when the strong side is not the better: there is no gap to recover.
[[nodiscard]] double apgr(const DeferralCurve& curve);

// Call-performance threshold: the smallest share of strong calls at which at least `part` (0.5 for
// CPT(50%)) of the gap between the sides is recovered. NaN when the strong side is not the better.
[[nodiscard]] double cpt(const DeferralCurve& curve, double part);

inline constexpr double kOnePoint = 0.01;  // of accuracy

// The largest share of queries the weak side can answer while accuracy stays at least `accuracy`;
// NaN when no share does. The share at parity is that of curve.strong(), the share at -1 point that
// of curve.strong() - kOnePoint, and ownership at a quality when the weak side is one's own.
[[nodiscard]] double weak_share_at(const DeferralCurve& curve, double accuracy);

// The same with 0 where no share does: the strong side then answers everything and still falls
// short. For intervals, whose resamples that fall short are the bad news and not to be left out.
[[nodiscard]] double weak_share_or_none(const DeferralCurve& curve, double accuracy);

// Accuracy when the weak side answers this share (0 to 1), linear between neighbouring queries.
[[nodiscard]] double accuracy_at(const DeferralCurve& curve, double weak_share);

// A share and what it really got.
struct DeferredShare {
  double weak_share = 0.0;
  double accuracy = 0.0;
  double strong_accuracy = 0.0;  // the strong side alone, on the same queries
};

// The same without hindsight: in each fold, the weak side gets the queries whose gain is at least
// the lowest threshold at which, on all other folds, their strong accuracy - `tolerance` was
// reached. Shape: all [n_queries]. Requires: as deferral_curve(). NaN for less than two folds.
[[nodiscard]] DeferredShare share_from_other_folds(std::span<const double> gain,
                                                   std::span<const float> weak_score,
                                                   std::span<const float> strong_score,
                                                   std::span<const std::uint32_t> fold,
                                                   double tolerance);

}  // namespace ooe::evaluate
