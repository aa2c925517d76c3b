#include "dedicated/pair_curve.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "evaluate/costs.h"
#include "evaluate/deferral_curve.h"

namespace ooe::dedicated {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kOnePoint = 0.01;
constexpr std::size_t kSteps = 10;

evaluate::DeferralCurve curve_of(const PairScores& scores) {
  return evaluate::deferral_curve(scores.gain, scores.own, scores.generic);
}

// Cost a query when the own expert answers this share, the rows being in order.
double usd_at(const PairScores& scores, double ownership) {
  const auto first =
      static_cast<std::size_t>(std::llround(ownership * static_cast<double>(scores.gain.size())));
  double sum = 0.0;
  for (std::size_t i = 0; i < scores.gain.size(); ++i) {
    sum += double{i < first ? scores.own_usd[i] : scores.generic_usd[i]};
  }
  return sum / static_cast<double>(scores.gain.size());
}

double mean_quality(const evaluate::DeferralCurve& curve) {
  const double sum = std::accumulate(curve.accuracy.begin(), curve.accuracy.end(), 0.0);
  return (sum - 0.5 * (curve.strong() + curve.weak())) / static_cast<double>(curve.n_queries());
}

// Rows by falling gain; `place[i]` is where row i of the input went.
PairScores sorted(const PairScores& scores, std::vector<std::size_t>& from) {
  from.resize(scores.gain.size());
  std::iota(from.begin(), from.end(), std::size_t{0});
  std::ranges::stable_sort(from, std::ranges::greater{},
                           [&](std::size_t i) { return scores.gain[i]; });
  PairScores result;
  for (const std::size_t i : from) {
    result.gain.push_back(scores.gain[i]);
    result.own.push_back(scores.own[i]);
    result.generic.push_back(scores.generic[i]);
    result.own_usd.push_back(scores.own_usd[i]);
    result.generic_usd.push_back(scores.generic_usd[i]);
  }
  return result;
}

std::vector<double> permuted(std::span<const double> times, const std::vector<std::size_t>& from) {
  std::vector<double> result;
  result.reserve(from.size());
  for (const std::size_t i : from) result.push_back(times[i]);
  return result;
}

}  // namespace

PairScores pair_scores(const Dataset& data, const Pair& pair,
                       std::span<const Prediction> predictions) {
  const std::vector<Expert> experts = evaluate::experts_of(data);
  const auto priced = evaluate::with_costs(data, experts, predictions);
  const std::vector<float> usd = evaluate::realised_costs(data, experts, priced);
  PairScores scores;
  for (const std::size_t row : pair.rows) {
    const std::size_t own = data.outcomes.at(row, pair.own);
    const std::size_t generic = data.outcomes.at(row, pair.generic);
    scores.gain.push_back(predictions[own].quality - predictions[generic].quality);
    scores.own.push_back(data.outcomes.score[own]);
    scores.generic.push_back(data.outcomes.score[generic]);
    scores.own_usd.push_back(usd[own]);
    scores.generic_usd.push_back(usd[generic]);
  }
  return scores;
}

PairScores drawn(const PairScores& by_falling_gain, std::span<const double> times) {
  PairScores sample;
  for (std::size_t i = 0; i < by_falling_gain.gain.size(); ++i) {
    for (double left = times[i]; left > 0.5; left -= 1.0) {
      sample.gain.push_back(by_falling_gain.gain[i]);
      sample.own.push_back(by_falling_gain.own[i]);
      sample.generic.push_back(by_falling_gain.generic[i]);
      sample.own_usd.push_back(by_falling_gain.own_usd[i]);
      sample.generic_usd.push_back(by_falling_gain.generic_usd[i]);
    }
  }
  return sample;
}

PairCurve pair_curve(const PairScores& scores, std::optional<double> quality,
                     const evaluate::BootstrapOptions& options) {
  std::vector<std::size_t> from;
  const PairScores rows = sorted(scores, from);
  const double generic_quality = curve_of(rows).strong();
  PairCurve result;
  result.n_queries = rows.gain.size();
  result.quality = quality.value_or(generic_quality - kOnePoint);
  const evaluate::Statistic statistic = [&](std::span<const double> times) {
    const PairScores sample = drawn(rows, permuted(times, from));
    const evaluate::DeferralCurve curve = curve_of(sample);
    const double gap = curve.strong() - curve.weak();
    std::vector<double> figures{
        evaluate::apgr(curve),
        gap == 0.0 ? kNaN : (evaluate::accuracy_at(curve, 0.5) - curve.weak()) / gap,
        evaluate::weak_share_at(curve, result.quality)};
    for (std::size_t step = 0; step <= kSteps; ++step) {
      const double ownership = static_cast<double>(step) / double{kSteps};
      figures.push_back(evaluate::accuracy_at(curve, ownership));
      figures.push_back(1'000.0 * usd_at(sample, ownership));
    }
    return figures;
  };
  const auto intervals = evaluate::bootstrap(rows.gain.size(), statistic, options);
  result.apgr = intervals[0];
  result.pgr_at_half = intervals[1];
  result.ownership_at = intervals[2];
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

evaluate::Interval lead_over(const PairScores& scores, const PairScores& others,
                             const evaluate::BootstrapOptions& options) {
  std::vector<std::size_t> from;
  std::vector<std::size_t> others_from;
  const PairScores rows = sorted(scores, from);
  const PairScores other_rows = sorted(others, others_from);
  const evaluate::Statistic statistic = [&](std::span<const double> times) {
    return std::vector<double>{
        mean_quality(curve_of(drawn(rows, permuted(times, from)))) -
        mean_quality(curve_of(drawn(other_rows, permuted(times, others_from))))};
  };
  return evaluate::bootstrap(rows.gain.size(), statistic, options).front();
}

}  // namespace ooe::dedicated
