#include "evaluate/served.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.h"
#include "predictor/train.h"
#include "tests/predictor/toy_data.h"

namespace ooe::evaluate {
namespace {

constexpr std::size_t kQueries = 2'000;

// Two experts, right on half of the queries, whatever is predicted of them.
predictor::HeldOutSample of_a_model_that_guesses() {
  Rng rng(1);
  predictor::HeldOutSample sample;
  for (std::size_t query = 0; query < kQueries; ++query) {
    for (int expert = 0; expert < 2; ++expert) {
      sample.quality.push_back(static_cast<float>(rng.uniform()));
      sample.score.push_back(rng.uniform() < 0.5 ? 1.0F : 0.0F);
    }
    sample.prompt_tokens.push_back(10.0F);
  }
  return sample;
}

// And of one that knows.
predictor::HeldOutSample of_a_model_that_knows() {
  predictor::HeldOutSample sample = of_a_model_that_guesses();
  for (std::size_t cell = 0; cell < sample.score.size(); ++cell) {
    sample.quality[cell] = sample.score[cell] > 0.5F ? 0.9F : 0.1F;
  }
  return sample;
}

std::vector<Prediction> two_queries() {
  std::vector<Prediction> predictions(4);
  predictions[0].quality = predictions[2].quality = 0.9;
  predictions[1].quality = predictions[3].quality = 0.3;
  return predictions;
}

TEST(AsServed, EachRowIsPulledBackByWhatItsOwnModelIsWorth) {
  auto predictions = two_queries();
  as_served(predictions, 2, std::vector<std::uint32_t>{1, 0},
            std::vector{of_a_model_that_guesses(), of_a_model_that_knows()});
  EXPECT_NEAR(predictions[0].quality, 0.9, 0.02);
  EXPECT_NEAR(predictions[1].quality, 0.3, 0.02);
  // Between equals nothing is known, and the mean of both stays.
  EXPECT_LT(predictions[2].quality - predictions[3].quality, 0.1);
  EXPECT_NEAR(predictions[2].quality + predictions[3].quality, 1.2, 0.02);
}

TEST(AsServed, AModelWithoutScoresIsTakenAtItsWord) {
  auto predictions = two_queries();
  as_served(predictions, 2, {}, std::vector{predictor::HeldOutSample{}});
  EXPECT_EQ(predictions[0].quality, 0.9);
  EXPECT_EQ(predictions[3].quality, 0.3);
}

// Experts are asked for in any order and number, and are worth among each other what they are.
TEST(PredictAsServed, OfSomeExpertsInAnyOrder) {
  const Dataset data = predictor::coin_skills(300, 3, 3, 4);
  const auto model = predictor::train(data, {.folds = 3, .threads = 1, .rivals = false});
  ASSERT_TRUE(model.has_value()) << model.error().message;
  const auto all = predict_as_served(*model, data.texts, std::vector<std::size_t>{0, 1, 2});
  const auto turned = predict_as_served(*model, data.texts, std::vector<std::size_t>{2, 0, 1});
  const auto one = predict_as_served(*model, data.texts, std::vector<std::size_t>{1});
  ASSERT_EQ(all.size(), data.texts.size() * 3);
  ASSERT_EQ(one.size(), data.texts.size());
  double moved = 0.0;
  for (std::size_t i = 0; i < data.texts.size(); ++i) {
    const auto said = predictor::predicted(*model, data.texts[i]);
    for (std::size_t j = 0; j < 3; ++j) {
      EXPECT_NEAR(all[i * 3 + j].quality, turned[i * 3 + (j + 1) % 3].quality, 1e-9);
      moved += std::abs(all[i * 3 + j].quality - said[j].quality);
    }
    EXPECT_NEAR(one[i].quality, said[1].quality, 1e-9) << "alone it competes with nobody";
  }
  EXPECT_GT(moved, 0.1) << "as it serves, not as it predicts";
}

}  // namespace
}  // namespace ooe::evaluate
