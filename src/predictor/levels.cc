#include "predictor/levels.h"

#include <cmath>
#include <numeric>

namespace ooe::predictor {
namespace {

struct ColumnSums {
  std::vector<double> sum;
  std::vector<std::size_t> count;
};

// Sums of what is measured. `matrix` may be empty: nothing recorded.
ColumnSums column_sums(const OutcomeMatrix& outcomes, const std::vector<float>& matrix,
                       std::span<const std::size_t> rows) {
  ColumnSums columns{std::vector<double>(outcomes.n_experts(), 0.0),
                     std::vector<std::size_t>(outcomes.n_experts(), 0)};
  if (matrix.empty()) return columns;
  for (const std::size_t row : rows) {
    for (std::size_t expert = 0; expert < outcomes.n_experts(); ++expert) {
      const float value = matrix[outcomes.at(row, expert)];
      if (std::isnan(value)) continue;
      columns.sum[expert] += double{value};
      ++columns.count[expert];
    }
  }
  return columns;
}

double total(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

double total(const std::vector<std::size_t>& counts) {
  return static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::size_t{0}));
}

}  // namespace

Levels fit_levels(const OutcomeMatrix& outcomes, std::span<const std::size_t> rows) {
  ColumnSums columns = column_sums(outcomes, outcomes.score, rows);
  // One right and one wrong answer more keep the mean of all inside (0, 1).
  const double centre = (total(columns.sum) + 1.0) / (total(columns.count) + 2.0);
  Levels levels{.mean = std::move(columns.sum), .count = std::move(columns.count)};
  for (std::size_t expert = 0; expert < levels.mean.size(); ++expert) {
    levels.mean[expert] = (levels.mean[expert] + kPriorOutcomes * centre) /
                          (static_cast<double>(levels.count[expert]) + kPriorOutcomes);
  }
  return levels;
}

}  // namespace ooe::predictor
