#include "predictor/contamination.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "predictor/moved_level.h"

namespace ooe::predictor {
namespace {

struct Moments {
  double n = 0.0;
  double sum = 0.0;
  double squares = 0.0;
  void add(double x) {
    n += 1.0;
    sum += x;
    squares += x * x;
  }
  [[nodiscard]] double mean() const { return sum / n; }
  // Of squared distances to the mean.
  [[nodiscard]] double scatter() const { return std::max(0.0, squares - sum * sum / n); }
};

// One subject's scores of one expert, of the split "train" and of the others.
struct Sides {
  Moments training;
  Moments other;
};

bool is_training(const Question& question) { return question.split == "train"; }

// The mean of the subjects' levels, each weighted by how surely its difference is known,
// n m / (n + m) for n and m outcomes of one variance (Cochran 1954).
std::optional<SplitLevels> levels_of(const std::map<std::string_view, Sides>& subjects) {
  double n_training = 0.0;
  double n_other = 0.0;
  double cells = 0.0;
  double scatter = 0.0;
  double weight = 0.0;
  SplitLevels levels;
  for (const auto& [_, sides] : subjects) {
    const auto& [training, other] = sides;
    if (training.n == 0.0 || other.n == 0.0) continue;
    const double w = training.n * other.n / (training.n + other.n);
    weight += w;
    levels.training += w * training.mean();
    levels.other += w * other.mean();
    scatter += training.scatter() + other.scatter();
    n_training += training.n;
    n_other += other.n;
    cells += 2.0;
  }
  if (weight == 0.0) return std::nullopt;
  levels.n_training = static_cast<std::size_t>(n_training);
  levels.n_other = static_cast<std::size_t>(n_other);
  levels.training /= weight;
  levels.other /= weight;
  const double variance = scatter / std::max(1.0, n_training + n_other - cells);
  levels.error = std::sqrt(variance / weight);
  return levels;
}

// Where the expert's outcomes on the benchmark's training split stand.
std::vector<std::size_t> training_cells(const Dataset& data, std::size_t expert,
                                        std::string_view benchmark) {
  std::vector<std::size_t> cells;
  for (std::size_t i = 0; i < data.outcomes.n_queries(); ++i) {
    const std::size_t cell = data.outcomes.at(i, expert);
    const Question& question = data.questions[i];
    if (std::isnan(data.outcomes.score[cell]) || !is_training(question)) continue;
    if (question.benchmark == benchmark) cells.push_back(cell);
  }
  return cells;
}

}  // namespace

bool SplitLevels::differs() const {
  return std::min(n_training, n_other) >= kSplitOutcomesMin &&
         std::abs(excess()) > kSplitErrors * error;
}

std::vector<SplitLevels> split_levels(const Dataset& data, std::size_t expert) {
  std::map<std::string_view, std::map<std::string_view, Sides>> benchmarks;
  for (std::size_t i = 0; i < data.outcomes.n_queries(); ++i) {
    const float score = data.outcomes.score[data.outcomes.at(i, expert)];
    if (std::isnan(score)) continue;
    const Question& question = data.questions[i];
    Sides& sides = benchmarks[question.benchmark][question.subject];
    (is_training(question) ? sides.training : sides.other).add(double{score});
  }
  std::vector<SplitLevels> found;
  for (const auto& [benchmark, subjects] : benchmarks) {
    auto levels = levels_of(subjects);
    if (!levels) continue;
    levels->benchmark = benchmark;
    found.push_back(std::move(*levels));
  }
  return found;
}

OutcomeMatrix level_training_splits(const Dataset& data) {
  OutcomeMatrix outcomes = data.outcomes;
  for (std::size_t j = 0; j < outcomes.n_experts(); ++j) {
    for (const SplitLevels& levels : split_levels(data, j)) {
      if (!levels.differs()) continue;
      const std::vector<std::size_t> cells = training_cells(data, j, levels.benchmark);
      Moments all;
      for (const std::size_t cell : cells) all.add(double{outcomes.score[cell]});
      const auto moved = MovedLevel::between(all.mean(), all.mean() - levels.excess());
      for (const std::size_t cell : cells) outcomes.score[cell] = moved.of(outcomes.score[cell]);
    }
  }
  return outcomes;
}

bool moves_training_splits(const Dataset& data) {
  const OutcomeMatrix moved = level_training_splits(data);
  return !std::ranges::equal(moved.score, data.outcomes.score,
                             [](float a, float b) { return a == b || std::isnan(a); });
}

}  // namespace ooe::predictor
