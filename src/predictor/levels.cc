#include "predictor/levels.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ooe::predictor {
namespace {

constexpr double kNearlyAll = 0.8;

struct Sum {
  double scores = 0.0;
  std::size_t count = 0;

  void add(float score) {
    scores += double{score};
    ++count;
  }
  [[nodiscard]] double mean() const { return scores / static_cast<double>(count); }
};

bool nearly_all(std::size_t part, std::size_t whole) {
  return static_cast<double>(part) >= kNearlyAll * static_cast<double>(whole);
}

// Sums of what is measured, an expert each.
std::vector<Sum> column_sums(const OutcomeMatrix& outcomes, std::span<const std::size_t> rows) {
  std::vector<Sum> columns(outcomes.n_experts());
  for (const std::size_t row : rows) {
    const std::span<const float> scores = outcomes.row(row);
    for (std::size_t expert = 0; expert < scores.size(); ++expert) {
      if (!std::isnan(scores[expert])) columns[expert].add(scores[expert]);
    }
  }
  return columns;
}

// Of the questions that both were asked, the yardstick's scores. Shape: [m, yardsticks].
std::vector<std::vector<Sum>> common_sums(const OutcomeMatrix& outcomes,
                                          std::span<const std::size_t> rows,
                                          std::span<const std::size_t> yardsticks) {
  std::vector<std::vector<Sum>> common(outcomes.n_experts(), std::vector<Sum>(yardsticks.size()));
  for (const std::size_t row : rows) {
    const std::span<const float> scores = outcomes.row(row);
    for (std::size_t expert = 0; expert < scores.size(); ++expert) {
      if (std::isnan(scores[expert])) continue;
      for (std::size_t y = 0; y < yardsticks.size(); ++y) {
        const float score = scores[yardsticks[y]];
        if (!std::isnan(score)) common[expert][y].add(score);
      }
    }
  }
  return common;
}

double total(const std::vector<Sum>& sums) {
  return std::accumulate(sums.begin(), sums.end(), 0.0,
                         [](double so_far, const Sum& sum) { return so_far + sum.scores; });
}

}  // namespace

Levels fit_levels(const OutcomeMatrix& outcomes, std::span<const std::size_t> rows) {
  const std::vector<Sum> columns = column_sums(outcomes, rows);
  Sum all{.scores = total(columns)};
  std::vector<std::size_t> yardsticks;
  for (std::size_t expert = 0; expert < columns.size(); ++expert) {
    all.count += columns[expert].count;
    if (nearly_all(columns[expert].count, rows.size())) yardsticks.push_back(expert);
  }
  const std::vector<std::vector<Sum>> common = common_sums(outcomes, rows, yardsticks);

  // One right and one wrong answer more keep the mean of all inside (0, 1); a level may leave it.
  const double centre = (all.scores + 1.0) / (static_cast<double>(all.count) + 2.0);
  const double margin = 0.5 / (static_cast<double>(all.count) + kPriorOutcomes);
  Levels levels;
  for (std::size_t expert = 0; expert < columns.size(); ++expert) {
    const Sum& own = columns[expert];
    double easier = 0.0;  // a sum over yardsticks
    double compared = 0.0;
    for (std::size_t y = 0; y < yardsticks.size(); ++y) {
      const Sum& both = common[expert][y];
      if (yardsticks[y] == expert || both.count == 0 || !nearly_all(both.count, own.count))
        continue;
      easier += both.mean() - columns[yardsticks[y]].mean();
      compared += 1.0;
    }
    const auto count = static_cast<double>(own.count);
    const bool everything = own.count == rows.size();
    const double over_all =
        everything || compared == 0.0 ? own.scores : own.scores - count * easier / compared;
    const double mean = (over_all + kPriorOutcomes * centre) / (count + kPriorOutcomes);
    levels.mean.push_back(std::clamp(mean, margin, 1.0 - margin));
    levels.count.push_back(own.count);
  }
  return levels;
}

}  // namespace ooe::predictor
