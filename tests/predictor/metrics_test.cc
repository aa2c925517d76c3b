#include "predictor/metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.h"

namespace ooe::predictor {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

// Every pair of answers, as the definition reads.
double auc_by_pairs(const std::vector<double>& scores, const std::vector<double>& qualities) {
  double won = 0.0;
  double all = 0.0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    for (std::size_t j = 0; j < scores.size(); ++j) {
      const double weight = scores[i] * (1.0 - scores[j]);
      all += weight;
      won += weight * (qualities[i] > qualities[j]    ? 1.0
                       : qualities[i] == qualities[j] ? 0.5
                                                      : 0.0);
    }
  }
  return won / all;
}

TEST(Metrics, AucAgreesWithCountingPairs) {
  Rng rng(1);
  for (int round = 0; round < 300; ++round) {
    std::vector<double> scores{0.0, 1.0};
    std::vector<double> qualities{0.5, 0.5};
    for (std::size_t i = rng.below(30); i > 0; --i) {
      qualities.push_back(static_cast<double>(rng.below(6)) / 5.0);
      scores.push_back(static_cast<double>(rng.below(3)) / 2.0);
    }
    EXPECT_NEAR(auc(scores, qualities), auc_by_pairs(scores, qualities), 1e-12);
  }
}

TEST(Metrics, AucWithinFoldsIsTheirMeanBySize) {
  // Fold 0 in order, fold 1 half in order, fold 2 of one kind; fold 1's model has a low level.
  const std::vector<double> qualities{0.9, 0.8, 0.2, 0.1, 0.15, 0.3, 0.99};
  const std::vector<double> scores{1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0};
  const std::vector<std::uint32_t> fold{0, 0, 1, 1, 1, 1, 2};
  EXPECT_NEAR(auc(scores, qualities, fold), (2 * 1.0 + 4 * 0.5) / 6, 1e-12);
  EXPECT_EQ(auc(scores, qualities, {}), auc(scores, qualities));
  EXPECT_TRUE(std::isnan(
      auc(std::vector<double>{1.0}, std::vector<double>{0.5}, std::vector<std::uint32_t>{0})));
}

TEST(Metrics, WorkedByHand) {
  const std::vector<double> qualities{0.9, 0.2, 0.6, 0.6};
  const std::vector<double> scores{1.0, 0.0, 0.0, 1.0};
  EXPECT_NEAR(log_loss(scores, qualities),
              -(std::log(0.9) + std::log(0.8) + std::log(0.4) + std::log(0.6)) / 4, 1e-12);
  EXPECT_NEAR(brier(scores, qualities), (0.01 + 0.04 + 0.36 + 0.16) / 4, 1e-12);
  EXPECT_NEAR(auc(scores, qualities), 3.5 / 4, 1e-12);
  // Bins of a fifteenth: 0.9 alone, 0.2 alone, both 0.6 together.
  EXPECT_NEAR(calibration_error(scores, qualities), (0.1 + 0.2 + 0.2) / 4, 1e-12);
}

TEST(Metrics, CertaintyThatIsWrongCostsALotAndNotInfinity) {
  const std::vector<double> qualities{0.0, 1.0};
  const std::vector<double> scores{1.0, 0.0};
  EXPECT_NEAR(log_loss(scores, qualities), -std::log(kProbabilityMin), 1e-6);
  EXPECT_DOUBLE_EQ(calibration_error(scores, qualities), 1.0);
}

TEST(Metrics, AreNotANumberWithoutData) {
  const std::span<const double> none;
  EXPECT_TRUE(std::isnan(log_loss(none, none)));
  EXPECT_TRUE(std::isnan(brier(none, none)));
  EXPECT_TRUE(std::isnan(auc(none, none)));
  EXPECT_TRUE(std::isnan(calibration_error(none, none)));
  const std::vector<double> right{1.0, 1.0};
  EXPECT_TRUE(std::isnan(auc(right, std::vector{0.3, 0.4})));
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
  const std::vector<double> s(scores.begin(), scores.end());
  const std::vector<double> q(qualities.begin(), qualities.end());
  EXPECT_NEAR(quality.auc, auc_by_pairs(s, q), 1e-12);
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
  const std::vector<std::size_t> outcomes = {5'000};
  EXPECT_LT(calibration_sd(scores, honest, outcomes).front(), 0.03);
  EXPECT_NEAR(calibration_sd(scores, biased, outcomes).front(), 0.2, 0.03);
}

// Ten questions were judged, and 40 or 4,000 outcomes made the level.
TEST(CalibrationSd, KnowsALevelByAllItsOutcomesAndNotByThoseJudged) {
  std::vector<float> scores(10, 0.0F);
  std::fill_n(scores.begin(), 5, 1.0F);
  const std::vector<float> half(10, 0.5F);
  const auto sd = [&](std::size_t outcomes) {
    return calibration_sd(scores, half, std::vector{outcomes}).front();
  };
  EXPECT_NEAR(sd(40), 0.5 / std::sqrt(50.0), 1e-9);
  EXPECT_NEAR(sd(4'000), 0.5 / std::sqrt(4'010.0), 1e-9);
}

TEST(CalibrationSd, OfAnExpertNobodyAskedIsThatOfThePrior) {
  EXPECT_NEAR(calibration_sd({}, {}, std::vector<std::size_t>{0}).front(), 0.158, 0.001);
}

}  // namespace
}  // namespace ooe::predictor
