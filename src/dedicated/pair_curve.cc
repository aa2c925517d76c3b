#include "dedicated/pair_curve.h"

#include <algorithm>
#include <cmath>

#include "base/nan.h"
#include "evaluate/costs.h"

namespace ooe::dedicated {
namespace {

constexpr std::size_t kSteps = 10;

}  // namespace

evaluate::TwoSides pair_sides(const Dataset& data, const Pair& pair,
                              std::span<const Prediction> predictions,
                              std::span<const std::uint32_t> fold) {
  const std::vector<Expert> experts = evaluate::experts_of(data);
  const auto priced = evaluate::with_costs(data, experts, predictions);
  const std::vector<float> usd = evaluate::realised_costs(data, experts, priced);
  evaluate::TwoSides sides;
  std::vector<std::uint32_t> fold_of_row;  // empty without folds
  for (const std::size_t row : pair.rows) {
    if (!fold.empty()) fold_of_row.push_back(fold[row]);
    const std::size_t own = data.outcomes.at(row, pair.own);
    const std::size_t generic = data.outcomes.at(row, pair.generic);
    sides.gain.push_back(predictions[own].quality - predictions[generic].quality);
    sides.weak_score.push_back(data.outcomes.score[own]);
    sides.strong_score.push_back(data.outcomes.score[generic]);
    sides.weak_usd.push_back(usd[own]);
    sides.strong_usd.push_back(usd[generic]);
  }
  evaluate::rank_within_folds(sides, fold_of_row);
  return sides;
}

PairCurve pair_curve(const evaluate::TwoSides& sides, std::optional<double> quality,
                     const evaluate::BootstrapOptions& options) {
  const evaluate::RankedSides ranked = evaluate::rank(sides);
  const evaluate::DeferralCurve whole = evaluate::deferral_curve(sides);
  PairCurve result;
  result.n_queries = sides.n_queries();
  result.quality = quality.value_or(whole.strong() - evaluate::kOnePoint);
  const evaluate::Statistic statistic = [&](std::span<const double> times) {
    const evaluate::TwoSides sample = evaluate::drawn(ranked, times);
    const evaluate::DeferralCurve curve = evaluate::deferral_curve(sample);
    const double gap = curve.strong() - curve.weak();
    std::vector<double> figures{
        evaluate::apgr(curve),
        gap > 0.0 ? (evaluate::accuracy_at(curve, 0.5) - curve.weak()) / gap : kNaN,
        evaluate::weak_share_or_none(curve, result.quality)};
    for (std::size_t step = 0; step <= kSteps; ++step) {
      const double ownership = static_cast<double>(step) / double{kSteps};
      figures.push_back(evaluate::accuracy_at(curve, ownership));
      figures.push_back(1'000.0 * evaluate::usd_at(sample, ownership));
    }
    return figures;
  };
  const auto intervals = evaluate::bootstrap(sides.n_queries(), statistic, options);
  result.apgr = intervals[0];
  result.pgr_at_half = intervals[1];
  const bool reached = !std::isnan(evaluate::weak_share_at(whole, result.quality));
  result.ownership_at = reached ? intervals[2] : evaluate::kNoInterval;
  for (std::size_t step = 0; step <= kSteps; ++step) {
    result.points.push_back({.ownership = static_cast<double>(step) / double{kSteps},
                             .quality = intervals[3 + 2 * step],
                             .usd_per_1k = intervals[4 + 2 * step]});
  }
  return result;
}

double quality_at(const PairCurve& curve, double ownership) {
  const double place = ownership * static_cast<double>(curve.points.size() - 1);
  const auto below = std::min(static_cast<std::size_t>(place), curve.points.size() - 2);
  const double part = place - static_cast<double>(below);
  return (1.0 - part) * curve.points[below].quality.mean +
         part * curve.points[below + 1].quality.mean;
}

evaluate::Interval lead_over(const evaluate::TwoSides& sides, const evaluate::TwoSides& others,
                             const evaluate::BootstrapOptions& options) {
  const evaluate::RankedSides ranked = evaluate::rank(sides);
  const evaluate::RankedSides others_ranked = evaluate::rank(others);
  const evaluate::Statistic statistic = [&](std::span<const double> times) {
    const auto mean = [&](const evaluate::RankedSides& of) {
      return evaluate::mean_over_shares(evaluate::deferral_curve(evaluate::drawn(of, times)));
    };
    return std::vector<double>{mean(ranked) - mean(others_ranked)};
  };
  return evaluate::bootstrap(sides.n_queries(), statistic, options).front();
}

}  // namespace ooe::dedicated
