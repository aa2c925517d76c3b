#include "predictor/contamination.h"

#include <cmath>
#include <map>
#include <string>

namespace ooe::predictor {
namespace {

struct Mean {
  double sum = 0.0;
  double count = 0.0;
  [[nodiscard]] double value() const { return sum / count; }
};

bool is_training(const Question& question) { return question.split == "train"; }

}  // namespace

OutcomeMatrix level_training_splits(const Dataset& data) {
  OutcomeMatrix outcomes = data.outcomes;
  const std::size_t m = outcomes.n_experts();
  for (std::size_t j = 0; j < m; ++j) {
    std::map<std::string, Mean> training;
    std::map<std::string, Mean> other;
    for (std::size_t i = 0; i < data.questions.size(); ++i) {
      const float score = outcomes.score[outcomes.at(i, j)];
      if (std::isnan(score)) continue;
      const Question& question = data.questions[i];
      Mean& mean = (is_training(question) ? training : other)[question.benchmark];
      mean.sum += double{score};
      mean.count += 1.0;
    }
    for (std::size_t i = 0; i < data.questions.size(); ++i) {
      const Question& question = data.questions[i];
      if (!is_training(question)) continue;
      const Mean& inside = training[question.benchmark];
      const Mean& outside = other[question.benchmark];
      if (inside.count < double{kSplitOutcomesMin} || outside.count < double{kSplitOutcomesMin}) {
        continue;
      }
      outcomes.score[outcomes.at(i, j)] -= static_cast<float>(inside.value() - outside.value());
    }
  }
  return outcomes;
}

}  // namespace ooe::predictor
