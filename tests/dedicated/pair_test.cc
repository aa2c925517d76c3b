#include "dedicated/pair.h"

#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>

#include "dedicated/learning_curve.h"
#include "dedicated/pair_curve.h"
#include "predictor/train.h"
#include "tests/dedicated/toy_pair.h"

namespace ooe::dedicated {
namespace {

using ::testing::HasSubstr;

TEST(Pair, NoticesWhereTheOwnExpertWasTrainedAndJudgesNothingThere) {
  const Dataset data = toy_pair(300, 1);
  const auto pair = make_pair(data, "own", "generic");
  ASSERT_TRUE(pair.has_value()) << pair.error().message;
  ASSERT_EQ(pair->splits.size(), 1U);
  EXPECT_EQ(pair->splits[0].benchmark, "toy");
  EXPECT_EQ(pair->splits[0].training, 1.0);
  EXPECT_LT(pair->splits[0].other, 0.7);
  EXPECT_TRUE(pair->splits[0].contaminated());
  EXPECT_EQ(pair->rows.size(), 200U);
  for (const std::size_t row : pair->rows) EXPECT_EQ(data.questions[row].split, "test");
}

TEST(Pair, JudgesOnAllQuestionsOfAnExpertThatWasNotTrainedThere) {
  const Dataset data = toy_pair(300, 2, false);
  EXPECT_EQ(make_pair(data, "own", "generic")->rows.size(), 300U);
  EXPECT_FALSE(make_pair(data, "own", "generic")->splits[0].contaminated());
}

// 90% of one subject and 30% of another, on either split; the training split holds more of the
// first.
TEST(Pair, ComparesTheSplitsWithinTheirSubjects) {
  Dataset data = toy_pair(900, 4, false);
  Rng rng(4);
  for (std::size_t i = 0; i < data.questions.size(); ++i) {
    Question& question = data.questions[i];
    const bool mathematics = rng.uniform() < (question.split == "train" ? 0.9 : 0.2);
    question.subject = mathematics ? "mathematics" : "law";
    data.outcomes.score[data.outcomes.at(i, 0)] =
        rng.uniform() < (mathematics ? 0.9 : 0.3) ? 1.0F : 0.0F;
  }
  const auto pair = make_pair(data, "own", "generic");
  ASSERT_EQ(pair->splits.size(), 1U);
  EXPECT_FALSE(pair->splits[0].contaminated());
  EXPECT_NEAR(pair->splits[0].training, pair->splits[0].other, 0.15);
  EXPECT_EQ(pair->rows.size(), 900U);
  // Trained on it, it is: better in each subject.
  for (std::size_t i = 0; i < data.questions.size(); ++i) {
    if (data.questions[i].split == "train") data.outcomes.score[data.outcomes.at(i, 0)] = 1.0F;
  }
  const auto trained = make_pair(data, "own", "generic");
  EXPECT_TRUE(trained->splits[0].contaminated());
  EXPECT_EQ(trained->rows.size(), 600U);
  // Splits without a common subject cannot be compared.
  for (Question& question : data.questions) question.subject = question.split;
  EXPECT_TRUE(make_pair(data, "own", "generic")->splits.empty());
  EXPECT_EQ(make_pair(data, "own", "generic")->rows.size(), 900U);
}

TEST(Pair, LeavesOutWhatWasNotMeasuredAndRefusesWhatIsNoPair) {
  Dataset data = toy_pair(30, 3, false);
  data.outcomes.score[data.outcomes.at(4, 0)] = kNotMeasured;
  data.outcomes.score[data.outcomes.at(5, 1)] = kNotMeasured;
  EXPECT_EQ(make_pair(data, "own", "generic")->rows.size(), 28U);
  EXPECT_THAT(make_pair(data, "nobody", "generic").error().message, HasSubstr("'nobody'"));
  EXPECT_THAT(make_pair(data, "own", "own").error().message, HasSubstr("itself"));
  for (std::size_t i = 0; i < 30; ++i) data.outcomes.score[data.outcomes.at(i, 1)] = kNotMeasured;
  EXPECT_THAT(make_pair(data, "own", "generic").error().message, HasSubstr("in common"));
}

evaluate::TwoSides known_sides() {
  evaluate::TwoSides sides;
  sides.gain = {0.4, -0.3, 0.1, -0.6, 0.0, -0.1, 0.3, -0.5, 0.2, -0.2};
  sides.weak_score = {1, 0, 1, 0, 1, 0, 1, 0, 0, 1};
  sides.strong_score = {1, 1, 0, 1, 1, 1, 1, 1, 1, 0};
  sides.weak_usd.assign(10, 0.001);
  sides.strong_usd.assign(10, 0.010);
  return sides;
}

// A resample that cannot reach the quality at all is the worst news there is, not none.
TEST(PairCurve, ResamplesThatFallShortCountAsNoOwnership) {
  evaluate::TwoSides sides;
  for (int i = 0; i < 100; ++i) {
    sides.gain.push_back(-i);
    sides.weak_score.push_back(i < 50 ? 1.0F : 0.0F);
    sides.strong_score.push_back(i < 50 ? 0.0F : 1.0F);
  }
  sides.strong_score[0] = sides.weak_score[99] = 1.0F;
  sides.weak_score[98] = sides.strong_score[98] = 0.0F;
  sides.weak_usd.assign(100, 0.001);
  sides.strong_usd.assign(100, 0.010);
  // 99 of 100 are in reach; a resample with the other one twice falls short.
  const PairCurve curve = pair_curve(sides, 0.99, {});
  EXPECT_GT(curve.ownership_at.mean, 0.4);
  EXPECT_EQ(curve.ownership_at.low, 0.0);
  EXPECT_TRUE(std::isnan(pair_curve(sides, 1.0, {}).ownership_at.mean));
  EXPECT_TRUE(std::isnan(pair_curve(sides, 1.0, {}).ownership_at.low));
}

// Against the obvious: sort, hand the first k to the own expert, count.
TEST(PairCurve, IsWhatCountingSays) {
  const evaluate::TwoSides sides = known_sides();
  const PairCurve curve = pair_curve(sides, 0.8, {.resamples = 50});
  std::vector<std::size_t> order(10);
  for (std::size_t i = 0; i < 10; ++i) order[i] = i;
  std::ranges::sort(order, std::ranges::greater{}, [&](std::size_t i) { return sides.gain[i]; });
  ASSERT_EQ(curve.points.size(), 11U);
  double most = std::nan("");
  for (std::size_t k = 0; k <= 10; ++k) {
    double right = 0.0;
    for (std::size_t i = 0; i < 10; ++i) {
      right += double{i < k ? sides.weak_score[order[i]] : sides.strong_score[order[i]]};
    }
    EXPECT_NEAR(curve.points[k].quality.mean, right / 10.0, 1e-9) << k;
    EXPECT_NEAR(curve.points[k].usd_per_1k.mean, 0.1 * static_cast<double>(100 - 9 * k), 1e-4);
    EXPECT_LE(curve.points[k].quality.low, curve.points[k].quality.high);
    if (right >= 8.0) most = static_cast<double>(k) / 10.0;
  }
  EXPECT_NEAR(curve.ownership_at.mean, most, 1e-9);
  EXPECT_EQ(curve.n_queries, 10U);
  EXPECT_NEAR(quality_at(curve, 0.25),
              0.5 * (curve.points[2].quality.mean + curve.points[3].quality.mean), 1e-9);
  EXPECT_EQ(quality_at(curve, 1.0), curve.points[10].quality.mean);
}

TEST(PairCurve, OfItselfHasNoLeadAndOfABetterOrderHasOne) {
  const evaluate::TwoSides sides = known_sides();
  const auto none = lead_over(sides, sides, {.resamples = 50});
  EXPECT_EQ(none.mean, 0.0);
  EXPECT_EQ(none.low, 0.0);
  EXPECT_EQ(none.high, 0.0);
  evaluate::TwoSides worse = sides;
  for (double& gain : worse.gain) gain = -gain;
  EXPECT_GT(lead_over(sides, worse, {.resamples = 50}).mean, 0.05);
}

TEST(LearningCurve, EndsWithAllOfTheDataAndGoesOnAlongItsLine) {
  const Dataset data = toy_pair(240, 5);
  const Pair pair = *make_pair(data, "own", "generic");
  const predictor::TrainOptions train{.seed = 3, .rivals = false};
  const auto crossed = predictor::cross_predict(data, 3, train);
  ASSERT_TRUE(crossed.has_value());
  const evaluate::TwoSides all = pair_sides(data, pair, crossed->prediction, crossed->fold);
  const evaluate::BootstrapOptions bootstrap{.resamples = 100};
  const double quality = 0.85;
  const auto curve = learning_curve(data, pair, all, quality, 3, train, bootstrap);
  ASSERT_TRUE(curve.has_value()) << curve.error().message;
  ASSERT_EQ(curve->points.size(), 4U);
  EXPECT_EQ(curve->points[3].ownership.mean, pair_curve(all, quality, bootstrap).ownership_at.mean);
  for (std::size_t i = 1; i < 4; ++i) {
    EXPECT_GT(curve->points[i].n_questions, curve->points[i - 1].n_questions);
  }
  // The line by hand.
  double x_mean = 0.0;
  double y_mean = 0.0;
  for (const LearningPoint& point : curve->points) {
    x_mean += std::log(point.share) / 4.0;
    y_mean += point.ownership.mean / 4.0;
  }
  double xx = 0.0;
  double xy = 0.0;
  for (const LearningPoint& point : curve->points) {
    xx += std::pow(std::log(point.share) - x_mean, 2);
    xy += (std::log(point.share) - x_mean) * (point.ownership.mean - y_mean);
  }
  EXPECT_NEAR(curve->per_doubling.mean, xy / xx * std::log(2.0), 1e-9);
  EXPECT_NEAR(curve->extrapolated.ownership.mean,
              std::clamp(y_mean + xy / xx * (std::log(1.5) - x_mean), 0.0, 1.0), 1e-9);
  EXPECT_LE(curve->extrapolated.ownership.low, curve->extrapolated.ownership.high);
}

// Short questions are the own expert's, and nothing but their length says so.
TEST(Length, CanBeAskedForAlone) {
  const Dataset data = toy_pair(240, 6, false);
  const auto model = predictor::train(data, {.rivals = false, .only = "length"});
  ASSERT_TRUE(model.has_value());
  EXPECT_EQ(model->card().kept, "length");
  for (const predictor::Candidate& candidate : model->card().candidates) {
    if (candidate.name == "ridge") {
      EXPECT_EQ(candidate.verdict, predictor::Verdict::not_asked_for);
    }
  }
}

}  // namespace
}  // namespace ooe::dedicated
