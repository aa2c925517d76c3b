#include "predictor/contamination.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>
#include <utility>

#include "predictor/folds.h"

namespace ooe::predictor {
namespace {

struct Mean {
  double sum = 0.0;
  double count = 0.0;
  [[nodiscard]] double value() const { return sum / count; }
};

// Of a benchmark: a subject.
using Part = std::pair<std::string_view, std::string_view>;

Part part_of(const Question& question) { return {question.benchmark, question.subject}; }

bool is_training(const Question& question) { return question.split == "train"; }

}  // namespace

OutcomeMatrix level_training_splits(const Dataset& data, std::span<const std::size_t> rows) {
  OutcomeMatrix outcomes = data.outcomes;
  const std::size_t m = outcomes.n_experts();
  for (std::size_t j = 0; j < m; ++j) {
    std::map<Part, Mean> training;
    std::map<Part, Mean> other;
    for (const std::size_t i : rows) {
      const float score = outcomes.score[outcomes.at(i, j)];
      if (std::isnan(score)) continue;
      const Question& question = data.questions[i];
      Mean& mean = (is_training(question) ? training : other)[part_of(question)];
      mean.sum += double{score};
      mean.count += 1.0;
    }
    for (const std::size_t i : rows) {
      const Question& question = data.questions[i];
      if (!is_training(question)) continue;
      const Mean& inside = training[part_of(question)];
      const Mean& outside = other[part_of(question)];
      if (inside.count < double{kSplitOutcomesMin} || outside.count < double{kSplitOutcomesMin}) {
        continue;
      }
      outcomes.score[outcomes.at(i, j)] -= static_cast<float>(inside.value() - outside.value());
    }
  }
  return outcomes;
}

bool moves_training_splits(const Dataset& data) {
  const OutcomeMatrix moved = level_training_splits(data, all_rows(data));
  return !std::ranges::equal(moved.score, data.outcomes.score,
                             [](float a, float b) { return a == b || std::isnan(a); });
}

}  // namespace ooe::predictor
