#include "policy/shrink.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.h"

namespace ooe::policy {
namespace {

struct ShrinkSample {
  std::size_t m = 0;
  std::size_t n = 0;
  std::vector<float> quality;
  std::vector<float> score;
  std::vector<float> cost;

  [[nodiscard]] CalibrationSample view() const {
    return {.quality = quality, .cost_usd = cost, .n_queries = n, .score = score};
  }
};

// Experts of the given levels. True quality varies around the level by `spread`, predictions around
// true quality by `noise`; scores are 0 or 1.
ShrinkSample draw(Rng& rng, std::size_t n, const std::vector<double>& levels, double spread,
                  double noise) {
  ShrinkSample sample{.m = levels.size(), .n = n, .quality = {}, .score = {}, .cost = {}};
  for (std::size_t query = 0; query < n; ++query) {
    for (const double level : levels) {
      const double truth = std::clamp(level + spread * rng.normal(), 0.0, 1.0);
      sample.quality.push_back(static_cast<float>(truth + noise * rng.normal()));
      sample.score.push_back(rng.uniform() < truth ? 1.0F : 0.0F);
    }
  }
  sample.cost.assign(sample.quality.size(), 0.0F);
  return sample;
}

std::vector<double> qualities(const ShrinkSample& sample, std::size_t row) {
  const auto from = sample.quality.begin() + static_cast<std::ptrdiff_t>(row * sample.m);
  return {from, from + static_cast<std::ptrdiff_t>(sample.m)};
}

std::vector<double> applied(const Shrinkage& shrinkage, std::vector<double> quality) {
  shrinkage.apply(quality);
  return quality;
}

struct Outcome {
  double predicted = 0.0;
  double scored = 0.0;
};

Outcome route(const ShrinkSample& sample, const Shrinkage& shrinkage) {
  Outcome outcome;
  for (std::size_t row = 0; row < sample.n; ++row) {
    std::size_t best = 0;
    std::vector<double> quality = qualities(sample, row);
    shrinkage.apply(quality);
    for (std::size_t i = 0; i < sample.m; ++i) {
      if (quality[i] > quality[best]) best = i;
    }
    outcome.predicted += quality[best] / static_cast<double>(sample.n);
    outcome.scored += sample.score[row * sample.m + best] / static_cast<double>(sample.n);
  }
  return outcome;
}

TEST(Shrinkage, TakesTheCurseOffNoisyPredictionsOnQueriesItHasNotSeen) {
  Rng rng(1);
  const std::vector<double> levels{0.60, 0.62, 0.58, 0.61, 0.65, 0.55, 0.60, 0.59};
  const ShrinkSample seen = draw(rng, 4'000, levels, 0.1, 0.15);
  const ShrinkSample fresh = draw(rng, 20'000, levels, 0.1, 0.15);
  const Shrinkage shrinkage = fit_shrinkage(seen.view(), levels.size());
  // The optimal weight is spread^2 / (spread^2 + noise^2) = 0.31.
  EXPECT_NEAR(shrinkage.weight, 0.31, 0.05);
  const Outcome raw = route(fresh, {});
  const Outcome shrunk = route(fresh, shrinkage);
  const double error = 0.5 / std::sqrt(20'000.0);
  EXPECT_GT(raw.predicted - raw.scored, 0.15);                       // the curse
  EXPECT_NEAR(shrunk.predicted, shrunk.scored, 0.01 + 2.0 * error);  // taken off
  EXPECT_GT(shrunk.scored, raw.scored - 2.0 * error);
  EXPECT_GT(shrunk.scored, 0.65 + 2.0 * error);  // better than the best alone
  EXPECT_GT(shrinkage.optimism_before, 0.15);
  EXPECT_LT(std::abs(shrinkage.optimism_after), 0.02);
}

TEST(Shrinkage, PredictionsThatSayNothingEndAtTheBestSingleExpert) {
  Rng rng(2);
  const std::vector<double> levels{0.5, 0.7, 0.6};
  for (int round = 0; round < 20; ++round) {
    const ShrinkSample seen = draw(rng, 1'000, levels, 0.0, 0.3);
    const ShrinkSample fresh = draw(rng, 5'000, levels, 0.0, 0.3);
    const Shrinkage shrinkage = fit_shrinkage(seen.view(), levels.size());
    EXPECT_LT(shrinkage.weight, 0.1);
    EXPECT_GT(route(fresh, shrinkage).scored, 0.7 - 3.0 * 0.46 / std::sqrt(5'000.0));
    EXPECT_LT(route(fresh, {}).scored, 0.65);
  }
}

TEST(Shrinkage, LeavesGoodPredictionsAlone) {
  Rng rng(3);
  const std::vector<double> levels{0.5, 0.6};
  const Shrinkage shrinkage = fit_shrinkage(draw(rng, 5'000, levels, 0.2, 0.0).view(), 2);
  EXPECT_GT(shrinkage.weight, 0.9);
  EXPECT_NEAR(applied(shrinkage, {0.4, 0.6})[0], 0.4, 0.02);
}

// An expert that `ooe adapt` added has predictions and not a single held-out outcome.
TEST(Shrinkage, AnExpertWithoutOutcomesStaysAtWhatIsPredictedOfIt) {
  Rng rng(5);
  for (const double spread : {0.0, 0.2}) {
    ShrinkSample sample = draw(rng, 1'000, {0.5, 0.6, 0.9}, spread, 0.3);
    for (std::size_t row = 0; row < sample.n; ++row) {
      sample.score[row * 3 + 2] = std::numeric_limits<float>::quiet_NaN();
    }
    const Shrinkage shrinkage = fit_shrinkage(sample.view(), 3);
    EXPECT_LT(shrinkage.weight, 0.7);
    EXPECT_NEAR(applied(shrinkage, {0.5, 0.6, 0.9})[2], 0.9, 0.03) << spread;
  }
  // Nor a prediction.
  ShrinkSample sample = draw(rng, 1'000, {0.5, 0.6, 0.9}, 0.0, 0.3);
  for (std::size_t row = 0; row < sample.n; ++row) {
    sample.quality[row * 3 + 2] = std::numeric_limits<float>::quiet_NaN();
  }
  EXPECT_EQ(applied(fit_shrinkage(sample.view(), 3), {0.5, 0.6, 0.7})[2], 0.7);
}

// Whoever was asked what is easy scored well there; of its level elsewhere that says nothing.
TEST(Shrinkage, WhoWasAskedEasyQueriesAloneDoesNotGetTheirMean) {
  Rng rng(6);
  ShrinkSample sample = draw(rng, 2'000, {0.6, 0.7}, 0.2, 0.2);
  for (std::size_t row = 0; row < sample.n; ++row) {
    if (sample.score[row * 2] < 1.0F)
      sample.score[row * 2] = std::numeric_limits<float>::quiet_NaN();
  }
  const Shrinkage shrinkage = fit_shrinkage(sample.view(), 2);
  EXPECT_NEAR(applied(shrinkage, {0.6, 0.7})[0], 0.6, 0.02);
  EXPECT_NEAR(applied(shrinkage, {0.6, 0.7})[1], 0.7, 0.02);
}

// A weak expert on an easy query lifts all; the best are not told apart by who was clamped first.
TEST(Shrinkage, KeepsTheOrderOfTheBestOnEasyQueries) {
  for (const double weight : {0.0, 0.3}) {
    const auto quality =
        applied({.weight = weight, .level = {0.88, 0.92, 0.95, 0.50}}, {0.97, 0.98, 0.99, 0.90});
    EXPECT_LT(quality[0], quality[1] - 0.01);
    EXPECT_LT(quality[1], quality[2] - 0.01);
    EXPECT_NEAR(quality[2], 1.0, 1e-12);
  }
}

// How hard a query is for all stays; what is pulled back is how experts differ on it.
TEST(Shrinkage, KeepsWhatIsPredictedOfAllAlike) {
  const Shrinkage shrinkage{.weight = 0.25, .level = {0.5, 0.7}};
  const auto harder = applied(shrinkage, {0.2, 0.4});
  EXPECT_NEAR(harder[0], 0.2, 1e-12);
  EXPECT_NEAR(harder[1], 0.4, 1e-12);
  const auto other = applied(shrinkage, {0.3, 0.3});  // 0.2 below and 0.4 below: differ by 0.2
  EXPECT_NEAR(other[0], 0.2 + 0.025, 1e-12);
  EXPECT_NEAR(other[1], 0.4 - 0.025, 1e-12);
}

TEST(Shrinkage, ChangesNothingWithoutScores) {
  Rng rng(4);
  ShrinkSample sample = draw(rng, 100, {0.5, 0.6}, 0.1, 0.1);
  CalibrationSample view = sample.view();
  view.score = {};
  EXPECT_EQ(applied(fit_shrinkage(view, 2), {0.9, 0.123})[1], 0.123);
  std::ranges::fill(sample.score, std::numeric_limits<float>::quiet_NaN());
  EXPECT_EQ(applied(fit_shrinkage(sample.view(), 2), {0.9, 0.123})[1], 0.123);
  EXPECT_TRUE(std::isnan(applied(fit_shrinkage(view, 2), {0.9, std::nan("")})[1]));
}

}  // namespace
}  // namespace ooe::policy
