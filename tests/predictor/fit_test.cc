#include "predictor/fit.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/predictor/toy_data.h"

namespace ooe::predictor {
namespace {

const TrainOptions kSmallFit = {.threads = 1, .ngrams_max = 100, .trees = false};

// Every expert right with this chance, whatever the text.
Dataset luck(std::size_t n_questions, std::size_t n_experts, double chance) {
  Rng rng(1);
  std::vector<std::string> texts;
  std::vector<float> scores;
  for (std::size_t i = 0; i < n_questions; ++i) {
    texts.push_back("w" + std::to_string(rng.below(50)) + " w" + std::to_string(i));
    for (std::size_t j = 0; j < n_experts; ++j) {
      scores.push_back(rng.uniform() < chance ? 1.0F : 0.0F);
    }
  }
  return dataset(std::move(texts), n_experts, std::move(scores));
}

// Bounded once, near 1 too, and the same of every fold: else ties are broken by the fold, and what
// is judged is a tamer model than serves.
TEST(Fit, JudgesTheConstantBitByBitAsItServes) {
  const Dataset data = luck(200, 3, 0.98);
  const Fitted fitted = fit(data, kSmallFit, {});
  ASSERT_EQ(fitted.judged.size(), 200U);
  ASSERT_EQ(fitted.candidates.front().verdict, Verdict::kept);
  const Model model(fitted.model);
  Scratch scratch;
  std::vector<Prediction> served(3);
  model.predict("w1", scratch, served);
  for (std::size_t cell = 0; cell < fitted.constant.size(); ++cell) {
    ASSERT_EQ(fitted.constant[cell], static_cast<float>(served[cell % 3].quality)) << cell;
  }
  EXPECT_EQ(fitted.candidates.front().auc, 0.5);
}

// Of 400 questions one fold would do; of the expert that answered 60 of them it has a dozen outcomes,
// and no goal can be calibrated on so few.
TEST(Fit, JudgesFoldsUntilEveryExpertHasEnoughOutcomes) {
  Dataset data = luck(400, 2, 0.7);
  TrainOptions options = kSmallFit;
  options.judged_min = 50;
  options.judged_outcomes_min = 50;
  EXPECT_LT(fit(data, options, {}).judged.size(), 120U);
  for (std::size_t i = 60; i < 400; ++i) data.outcomes.score[data.outcomes.at(i, 1)] = kNotMeasured;
  const auto outcomes_judged = [&] {
    const std::vector<float> scores = fit(data, options, {}).judged_scores();
    std::size_t count = 0;
    for (std::size_t cell = 1; cell < scores.size(); cell += 2) {
      if (!std::isnan(scores[cell])) ++count;
    }
    return count;
  };
  EXPECT_GE(outcomes_judged(), 50U);
  options.judged_outcomes_min = 200;  // more than it has
  EXPECT_EQ(outcomes_judged(), 60U);
}

}  // namespace
}  // namespace ooe::predictor
