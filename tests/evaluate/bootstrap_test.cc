#include "evaluate/bootstrap.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "base/nan.h"
#include "base/rng.h"

namespace ooe::evaluate {
namespace {

TEST(Bootstrap, MatchesTheNormalIntervalOfALargeSample) {
  Rng rng(1);
  std::vector<double> values(2'000);
  for (double& value : values) value = rng.uniform() < 0.3 ? 1.0 : 0.0;
  const auto intervals = bootstrap(std::vector<std::vector<double>>{values}, {});
  ASSERT_EQ(intervals.size(), 1U);
  const double mean = intervals[0].mean;
  const double half = 1.96 * std::sqrt(mean * (1.0 - mean) / 2'000.0);
  EXPECT_NEAR(intervals[0].low, mean - half, 0.1 * half);
  EXPECT_NEAR(intervals[0].high, mean + half, 0.1 * half);
}

TEST(Bootstrap, CoversTheTruthAboutAsOftenAsItSays) {
  Rng rng(2);
  int covered = 0;
  constexpr int kTrials = 400;
  for (int trial = 0; trial < kTrials; ++trial) {
    std::vector<double> values(60);
    for (double& value : values) value = rng.normal();
    const auto interval =
        bootstrap(std::vector<std::vector<double>>{values}, {.resamples = 200, .seed = rng.next()})
            .front();
    if (interval.low <= 0.0 && 0.0 <= interval.high) ++covered;
  }
  EXPECT_GT(covered, kTrials * 90 / 100);
  EXPECT_LT(covered, kTrials * 99 / 100);
}

TEST(Bootstrap, DrawsColumnsTogether) {
  Rng rng(3);
  std::vector<double> a(200);
  std::vector<double> b(200);
  std::vector<double> difference(200);
  for (std::size_t i = 0; i < a.size(); ++i) {
    a[i] = 100.0 * rng.uniform();
    b[i] = a[i] + 1.0;
    difference[i] = b[i] - a[i];
  }
  const auto intervals = bootstrap(std::vector{a, b, difference}, {});
  EXPECT_NEAR(intervals[1].low - intervals[0].low, 1.0, 1e-9);
  EXPECT_NEAR(intervals[2].low, 1.0, 1e-9);
  EXPECT_NEAR(intervals[2].high, 1.0, 1e-9);
}

TEST(Bootstrap, LeavesOutQueriesAFigureDoesNotApplyTo) {
  const std::vector<std::vector<double>> columns{
      {1.0, kNaN, 1.0}, {kNaN, kNaN, kNaN}, {0.0, 0.0, 3.0}};
  const auto intervals = bootstrap(columns, {});
  EXPECT_DOUBLE_EQ(intervals[0].mean, 1.0);
  EXPECT_DOUBLE_EQ(intervals[0].low, 1.0);
  EXPECT_TRUE(std::isnan(intervals[1].mean));
  EXPECT_TRUE(std::isnan(intervals[1].high));
  EXPECT_DOUBLE_EQ(intervals[2].mean, 1.0);
}

TEST(Bootstrap, IsRepeatableAndSurvivesNothing) {
  const std::vector<std::vector<double>> columns{{0.0, 1.0, 0.5, 0.25, 0.75}};
  const auto first = bootstrap(columns, {.resamples = 50, .seed = 9}).front();
  const auto second = bootstrap(columns, {.resamples = 50, .seed = 9}).front();
  EXPECT_EQ(first.low, second.low);
  EXPECT_EQ(first.high, second.high);
  EXPECT_TRUE(bootstrap({}, {}).empty());
  EXPECT_TRUE(std::isnan(bootstrap(std::vector<std::vector<double>>(1), {}).front().mean));
}

TEST(Bootstrap, DifferencesAreQueryByQuery) {
  const auto lead = difference(std::vector{1.0, kNaN, 0.25}, std::vector{0.5, 1.0, 1.0});
  ASSERT_EQ(lead.size(), 3U);
  EXPECT_EQ(lead[0], 0.5);
  EXPECT_TRUE(std::isnan(lead[1]));
  EXPECT_EQ(lead[2], -0.75);
}

}  // namespace
}  // namespace ooe::evaluate
