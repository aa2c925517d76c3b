#include "predictor/contamination.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>

namespace ooe::predictor {
namespace {

struct Sums {
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
  Sums training;
  Sums other;
};

bool is_training(const Question& question) { return question.split == "train"; }

// How much better the expert is on the split "train": the mean of its subjects' differences, each
// weighted by how surely it is known, n m / (n + m) for n and m outcomes of one variance (Cochran
// 1954). Nothing where that may be chance.
double excess_of(const std::map<std::string_view, Sides>& subjects) {
  double n_training = 0.0;
  double n_other = 0.0;
  double cells = 0.0;
  double scatter = 0.0;
  double weight = 0.0;
  double difference = 0.0;
  for (const auto& [_, sides] : subjects) {
    const auto& [training, other] = sides;
    if (training.n == 0.0 || other.n == 0.0) continue;
    const double w = training.n * other.n / (training.n + other.n);
    weight += w;
    difference += w * (training.mean() - other.mean());
    scatter += training.scatter() + other.scatter();
    n_training += training.n;
    n_other += other.n;
    cells += 2.0;
  }
  if (std::min(n_training, n_other) < double{kSplitOutcomesMin}) return 0.0;
  const double excess = difference / weight;
  const double variance = scatter / std::max(1.0, n_training + n_other - cells);
  return std::abs(excess) > kSureErrors * std::sqrt(variance / weight) ? excess : 0.0;
}

}  // namespace

OutcomeMatrix level_training_splits(const Dataset& data) {
  OutcomeMatrix outcomes = data.outcomes;
  for (std::size_t j = 0; j < outcomes.n_experts(); ++j) {
    std::map<std::string_view, std::map<std::string_view, Sides>> benchmarks;
    for (std::size_t i = 0; i < outcomes.n_queries(); ++i) {
      const float score = outcomes.score[outcomes.at(i, j)];
      if (std::isnan(score)) continue;
      const Question& question = data.questions[i];
      Sides& sides = benchmarks[question.benchmark][question.subject];
      (is_training(question) ? sides.training : sides.other).add(double{score});
    }
    std::map<std::string_view, float> excess;
    for (const auto& [benchmark, subjects] : benchmarks) {
      excess.emplace(benchmark, static_cast<float>(excess_of(subjects)));
    }
    for (std::size_t i = 0; i < outcomes.n_queries(); ++i) {
      float& score = outcomes.score[outcomes.at(i, j)];
      if (std::isnan(score) || !is_training(data.questions[i])) continue;
      score -= excess.at(data.questions[i].benchmark);
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
