#include "predictor/metrics.h"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.h"

namespace ooe::predictor {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

// Every pair, by the definition.
double auc_by_pairs(const std::vector<float>& scores, const std::vector<float>& qualities) {
  double wins = 0.0;
  double pairs = 0.0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    for (std::size_t k = 0; k < scores.size(); ++k) {
      if (scores[i] < 0.5F || scores[k] >= 0.5F) continue;
      pairs += 1.0;
      wins += qualities[i] > qualities[k] ? 1.0 : qualities[i] == qualities[k] ? 0.5 : 0.0;
    }
  }
  return wins / pairs;
}

TEST(Metrics, AgreeWithTheirDefinitions) {
  Rng rng(5);
  std::vector<float> scores;
  std::vector<float> qualities;
  for (int i = 0; i < 200; ++i) {
    qualities.push_back(static_cast<float>(rng.below(20)) / 20.0F);  // with ties
    scores.push_back(rng.uniform() < double{qualities.back()} ? 1.0F : 0.0F);
  }
  const Quality quality = measure(scores, qualities, 1);
  double loss = 0.0;
  double brier = 0.0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    loss += log_loss(double{scores[i]}, double{qualities[i]}) / 200.0;
    brier += std::pow(double{scores[i]} - double{qualities[i]}, 2) / 200.0;
  }
  EXPECT_EQ(quality.cells, 200U);
  EXPECT_NEAR(quality.auc, auc_by_pairs(scores, qualities), 1e-12);
  EXPECT_NEAR(quality.log_loss, loss, 1e-9);
  EXPECT_NEAR(quality.brier, brier, 1e-9);
}

TEST(Metrics, CountOnlyWhatWasMeasuredAndPredicted) {
  const std::vector<float> scores = {1.0F, kNan, 0.0F, 1.0F};
  const std::vector<float> qualities = {0.75F, 0.1F, kNan, 0.75F};
  const Quality quality = measure(scores, qualities, 2);
  EXPECT_EQ(quality.cells, 2U);
  EXPECT_NEAR(quality.ece, 0.25, 1e-7);
  EXPECT_NEAR(quality.brier, 0.0625, 1e-7);
  EXPECT_EQ(quality.auc, 0.5) << "one kind of outcome ranks nothing";
  EXPECT_EQ(measure({}, {}, 0).cells, 0U);
}

TEST(Metrics, LogLossStaysFiniteForSureMistakes) {
  EXPECT_NEAR(log_loss(1.0, 0.0), -std::log(1e-6), 1e-9);
  EXPECT_NEAR(log_loss(0.5, 0.5), std::log(2.0), 1e-12);
}

TEST(Metrics, GainCountsQuestionsNotCells) {
  // Two experts that always agree: twice the cells, the same evidence.
  const std::vector<float> scores = {1.0F, 1.0F, 0.0F, 0.0F, 1.0F, 1.0F};
  const std::vector<float> good = {0.8F, 0.8F, 0.4F, 0.4F, 0.9F, 0.9F};
  const std::vector<float> even(6, 0.5F);
  const Gain gain = log_loss_gain(scores, good, even, 2);
  const double expected = (std::log(1.6) + std::log(1.2) + std::log(1.8)) / 3.0;
  EXPECT_NEAR(gain.mean, expected, 1e-6);
  const Gain single = log_loss_gain(std::vector{1.0F, 0.0F, 1.0F}, std::vector{0.8F, 0.4F, 0.9F},
                                    std::vector{0.5F, 0.5F, 0.5F}, 1);
  EXPECT_NEAR(gain.standard_error, single.standard_error, 1e-6);
  EXPECT_LT(log_loss_gain(scores, even, good, 2).mean, 0.0);
}

TEST(CalibrationSd, IsSmallWhenRightAndSeesABias) {
  Rng rng(9);
  std::vector<float> scores;
  std::vector<float> honest;
  std::vector<float> biased;
  for (int i = 0; i < 5'000; ++i) {
    const double truth = 0.2 + 0.5 * rng.uniform();
    honest.push_back(static_cast<float>(truth));
    biased.push_back(static_cast<float>(truth + 0.2));
    scores.push_back(rng.uniform() < truth ? 1.0F : 0.0F);
  }
  EXPECT_LT(calibration_sd(scores, honest, 1).front(), 0.03);
  EXPECT_NEAR(calibration_sd(scores, biased, 1).front(), 0.2, 0.03);
}

TEST(CalibrationSd, OfAnExpertNobodyAskedIsThatOfThePrior) {
  EXPECT_NEAR(calibration_sd({}, {}, 1).front(), 0.158, 0.001);
}

}  // namespace
}  // namespace ooe::predictor
