#include "policy/shrink.h"

#include <algorithm>
#include <cmath>

#include "base/nan.h"

namespace ooe::policy {
namespace {

constexpr double kQueriesMin = 30.0;  // with fewer, a standard error is a guess

// One query's cells that have both a prediction and a score.
bool known(const CalibrationSample& sample, std::size_t cell) {
  return !std::isnan(sample.quality[cell]) && !std::isnan(sample.score[cell]);
}

// Means over the queries on which the expert is measured; NaN with fewer than kQueriesMin.
struct Measured {
  double score = kNaN;
  double quality = kNaN;
};

std::vector<Measured> means_where_measured(const CalibrationSample& sample, std::size_t m) {
  std::vector<Measured> means(m);
  for (std::size_t expert = 0; expert < m; ++expert) {
    double n = 0.0;
    Measured sum{0.0, 0.0};
    for (std::size_t query = 0; query < sample.n_queries; ++query) {
      const std::size_t cell = query * m + expert;
      if (!known(sample, cell)) continue;
      sum.score += sample.score[cell];
      sum.quality += sample.quality[cell];
      n += 1.0;
    }
    if (n >= kQueriesMin) means[expert] = {sum.score / n, sum.quality / n};
  }
  return means;
}

std::vector<double> mean_predictions(const CalibrationSample& sample, std::size_t m) {
  std::vector<double> means(m);
  for (std::size_t expert = 0; expert < m; ++expert) {
    double sum = 0.0;
    double n = 0.0;
    for (std::size_t query = 0; query < sample.n_queries; ++query) {
      const float quality = sample.quality[query * m + expert];
      if (std::isnan(quality)) continue;
      sum += quality;
      n += 1.0;
    }
    means[expert] = sum / n;  // NaN without any
  }
  return means;
}

struct Choice {
  double mean_gain = 0.0;   // score less the best single expert's
  double gain_error = 0.0;  // its standard error
  double optimism = 0.0;
};

// Always the highest quality of those measured; ties go to the lower index.
Choice choose_highest(const CalibrationSample& sample, std::size_t m, std::size_t best_single,
                      const Shrinkage& shrinkage) {
  double n = 0.0;
  double sum = 0.0;
  double squares = 0.0;
  double optimism = 0.0;
  double n_chosen = 0.0;
  std::vector<double> quality(m);
  for (std::size_t query = 0; query < sample.n_queries; ++query) {
    std::copy_n(sample.quality.begin() + static_cast<std::ptrdiff_t>(query * m), m,
                quality.begin());
    shrinkage.apply(quality);
    std::size_t chosen = m;
    for (std::size_t expert = 0; expert < m; ++expert) {
      if (!known(sample, query * m + expert)) continue;
      if (chosen == m || quality[expert] > quality[chosen]) chosen = expert;
    }
    if (chosen == m) continue;
    const double score = sample.score[query * m + chosen];
    optimism += quality[chosen] - score;
    n_chosen += 1.0;
    if (!known(sample, query * m + best_single)) continue;
    const double gain = score - double{sample.score[query * m + best_single]};
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
// mean and from the query's own: a query's difficulty is nothing one can choose by. Experts with
// too few scores to have a mean do not count.
double slope_within_queries(const CalibrationSample& sample, std::span<const Measured> means) {
  const std::size_t m = means.size();
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
      if (!known(sample, cell) || std::isnan(means[expert].score)) continue;
      const double x = sample.quality[cell] - means[expert].quality;
      const double y = sample.score[cell] - means[expert].score;
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

}  // namespace

void Shrinkage::apply(std::span<double> quality) const {
  if (level.empty() || weight == 1.0) return;
  double sum = 0.0;
  double n = 0.0;
  for (std::size_t expert = 0; expert < quality.size(); ++expert) {
    const double above = quality[expert] - level[expert];
    if (std::isnan(above)) continue;
    sum += above;
    n += 1.0;
  }
  const double shared = sum / n;
  double highest = 0.0;
  for (std::size_t expert = 0; expert < quality.size(); ++expert) {
    const double above = quality[expert] - level[expert];
    if (std::isnan(above)) continue;
    quality[expert] = level[expert] + shared + weight * (above - shared);
    highest = std::max(highest, quality[expert]);
  }
  // Each one clamped by itself would tie the best, whose order is what it is all about.
  const double too_high = std::max(0.0, highest - 1.0);
  for (std::size_t expert = 0; expert < quality.size(); ++expert) {
    if (std::isnan(quality[expert]) || std::isnan(level[expert])) continue;
    quality[expert] = std::max(0.0, quality[expert] - too_high);
  }
}

Shrinkage fit_shrinkage(const CalibrationSample& sample, std::size_t n_experts) {
  if (sample.score.empty()) return {};
  const std::vector<Measured> means = means_where_measured(sample, n_experts);
  Shrinkage shrinkage{.level = mean_predictions(sample, n_experts)};
  std::size_t best_single = n_experts;
  for (std::size_t expert = 0; expert < n_experts; ++expert) {
    if (std::isnan(means[expert].score)) continue;
    if (best_single == n_experts || shrinkage.level[expert] > shrinkage.level[best_single]) {
      best_single = expert;
    }
  }
  if (best_single == n_experts) return {};
  shrinkage.optimism_before = choose_highest(sample, n_experts, best_single, shrinkage).optimism;
  shrinkage.weight = slope_within_queries(sample, means);
  Choice choice = choose_highest(sample, n_experts, best_single, shrinkage);
  if (choice.mean_gain < -2.0 * choice.gain_error) {
    shrinkage.weight = 0.0;
    choice = choose_highest(sample, n_experts, best_single, shrinkage);
  }
  shrinkage.optimism_after = choice.optimism;
  return shrinkage;
}

}  // namespace ooe::policy
