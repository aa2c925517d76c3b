#include "policy/shrink.h"

#include <algorithm>
#include <cmath>

namespace ooe::policy {
namespace {

constexpr double kQueriesMin = 30.0;  // with fewer, a standard error is a guess

// One query's cells that have both a prediction and a score.
bool known(const CalibrationSample& sample, std::size_t cell) {
  return !std::isnan(sample.quality[cell]) && !std::isnan(sample.score[cell]);
}

struct Choice {
  double mean_gain = 0.0;   // score less the best single expert's
  double gain_error = 0.0;  // its standard error
  double optimism = 0.0;
};

// Always the highest `quality_of(cell, expert)`; ties go to the lower index.
template <class QualityOf>
Choice choose_highest(const CalibrationSample& sample, std::size_t m, std::size_t best_single,
                      QualityOf quality_of) {
  double n = 0.0;
  double sum = 0.0;
  double squares = 0.0;
  double optimism = 0.0;
  double n_chosen = 0.0;
  for (std::size_t query = 0; query < sample.n_queries; ++query) {
    std::size_t chosen = m;
    for (std::size_t expert = 0; expert < m; ++expert) {
      if (!known(sample, query * m + expert)) continue;
      if (chosen == m ||
          quality_of(query * m + expert, expert) > quality_of(query * m + chosen, chosen)) {
        chosen = expert;
      }
    }
    if (chosen == m) continue;
    const std::size_t cell = query * m + chosen;
    optimism += quality_of(cell, chosen) - sample.score[cell];
    n_chosen += 1.0;
    if (!known(sample, query * m + best_single)) continue;
    const double gain =
        static_cast<double>(sample.score[cell]) - sample.score[query * m + best_single];
    sum += gain;
    squares += gain * gain;
    n += 1.0;
  }
  Choice choice;
  choice.optimism = n_chosen > 0.0 ? optimism / n_chosen : 0.0;
  if (n < 2.0) return choice;
  choice.mean_gain = sum / n;
  const double variance = std::max(0.0, squares / n - choice.mean_gain * choice.mean_gain);
  choice.gain_error = std::sqrt(variance / (n - 1.0));
  return choice;
}

// Slope through the origin of what happened on what was predicted, as deviations from each expert's
// level and from the query's own mean: a query's difficulty is nothing one can choose by.
double slope_within_queries(const CalibrationSample& sample, const Shrinkage& shrinkage) {
  const std::size_t m = shrinkage.level.size();
  double products = 0.0;
  double squares = 0.0;
  for (std::size_t query = 0; query < sample.n_queries; ++query) {
    double n = 0.0;
    double x_sum = 0.0;
    double y_sum = 0.0;
    double xy = 0.0;
    double xx = 0.0;
    for (std::size_t expert = 0; expert < m; ++expert) {
      const std::size_t cell = query * m + expert;
      if (!known(sample, cell)) continue;
      const double x = sample.quality[cell] - shrinkage.predicted_level[expert];
      const double y = sample.score[cell] - shrinkage.level[expert];
      n += 1.0;
      x_sum += x;
      y_sum += y;
      xy += x * y;
      xx += x * x;
    }
    if (n < 2.0) continue;
    products += xy - x_sum * y_sum / n;
    squares += xx - x_sum * x_sum / n;
  }
  return squares > 0.0 ? std::clamp(products / squares, 0.0, 1.0) : 0.0;
}

// Mean over all queries that the expert is predicted for, measured or not; NaN when it is for none.
double mean_predicted(const CalibrationSample& sample, std::size_t n_experts, std::size_t expert) {
  double sum = 0.0;
  double n = 0.0;
  for (std::size_t query = 0; query < sample.n_queries; ++query) {
    const float quality = sample.quality[query * n_experts + expert];
    if (std::isnan(quality)) continue;
    sum += quality;
    n += 1.0;
  }
  return sum / n;
}

}  // namespace

double Shrinkage::apply(double quality, std::size_t expert) const {
  if (level.empty() || std::isnan(quality) || std::isnan(level[expert])) return quality;
  return std::clamp(level[expert] + weight * (quality - predicted_level[expert]), 0.0, 1.0);
}

Shrinkage fit_shrinkage(const CalibrationSample& sample, std::size_t n_experts) {
  if (sample.score.empty()) return {};
  Shrinkage shrinkage;
  shrinkage.level.assign(n_experts, 0.0);
  shrinkage.predicted_level.assign(n_experts, 0.0);
  std::size_t best_single = n_experts;
  for (std::size_t expert = 0; expert < n_experts; ++expert) {
    double n = 0.0;
    for (std::size_t query = 0; query < sample.n_queries; ++query) {
      const std::size_t cell = query * n_experts + expert;
      if (!known(sample, cell)) continue;
      shrinkage.level[expert] += sample.score[cell];
      shrinkage.predicted_level[expert] += sample.quality[cell];
      n += 1.0;
    }
    if (n < kQueriesMin) {
      // Too little is known of it to correct anything: its predictions stay as they are, up to the
      // weight, around their own mean. An adapted expert has not a single held-out outcome.
      shrinkage.predicted_level[expert] = mean_predicted(sample, n_experts, expert);
      shrinkage.level[expert] = shrinkage.predicted_level[expert];
      continue;
    }
    shrinkage.level[expert] /= n;
    shrinkage.predicted_level[expert] /= n;
    if (best_single == n_experts || shrinkage.level[expert] > shrinkage.level[best_single]) {
      best_single = expert;
    }
  }
  if (best_single == n_experts) return {};
  shrinkage.weight = slope_within_queries(sample, shrinkage);
  const auto raw = [&](std::size_t cell, std::size_t) { return double{sample.quality[cell]}; };
  const auto shrunk = [&](std::size_t cell, std::size_t expert) {
    return shrinkage.apply(sample.quality[cell], expert);
  };
  shrinkage.optimism_before = choose_highest(sample, n_experts, best_single, raw).optimism;
  Choice choice = choose_highest(sample, n_experts, best_single, shrunk);
  if (choice.mean_gain < -2.0 * choice.gain_error) {
    shrinkage.weight = 0.0;
    choice = choose_highest(sample, n_experts, best_single, shrunk);
  }
  shrinkage.optimism_after = choice.optimism;
  return shrinkage;
}

}  // namespace ooe::policy
