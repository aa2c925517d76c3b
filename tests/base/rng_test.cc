#include "base/rng.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include <gtest/gtest.h>

namespace ooe {
namespace {

// The standard fixes the 10,000th number of its default seed.
TEST(Rng, IsTheStandardsEngine) {
  Rng rng(5489);
  for (int i = 1; i < 10'000; ++i) rng.next();
  EXPECT_EQ(rng.next(), 9981545732273789042U);
}

// Written down once: a change here changes every seeded result of ooe.
TEST(Rng, DrawsTheSameNumbersForASeedOnEveryMachine) {
  Rng rng(7);
  EXPECT_DOUBLE_EQ(rng.uniform(), 0.75438530415285798);
  EXPECT_EQ(rng.below(1'000'000), 949'301U);
  EXPECT_DOUBLE_EQ(rng.normal(), -0.97256287765187455);
  std::array<int, 8> items{0, 1, 2, 3, 4, 5, 6, 7};
  Rng(1).shuffle(std::span<int>(items));
  EXPECT_EQ(items, (std::array<int, 8>{3, 4, 5, 7, 6, 2, 0, 1}));
}

TEST(Rng, UniformStaysBelowOneAndFillsTheRange) {
  Rng rng(1);
  double least = 1.0;
  double most = 0.0;
  double sum = 0.0;
  constexpr int kDraws = 20'000;
  for (int i = 0; i < kDraws; ++i) {
    const double x = rng.uniform();
    least = std::min(least, x);
    most = std::max(most, x);
    sum += x;
  }
  EXPECT_GE(least, 0.0);
  EXPECT_LT(most, 1.0);
  EXPECT_LT(least, 0.001);
  EXPECT_GT(most, 0.999);
  EXPECT_NEAR(sum / kDraws, 0.5, 5 * std::sqrt(1.0 / 12.0 / kDraws));
}

// Pearson's statistic over the cells; its 99.99% point for 6 degrees of freedom is 27.9.
TEST(Rng, BelowFavoursNoNumber) {
  Rng rng(2);
  constexpr int kDraws = 70'000;
  std::array<int, 7> counts{};
  for (int i = 0; i < kDraws; ++i) ++counts.at(rng.below(7));
  double statistic = 0.0;
  for (const int count : counts) statistic += (count - 10'000.0) * (count - 10'000.0) / 10'000.0;
  EXPECT_LT(statistic, 27.9);
}

// A bound of 3/4 of the range: a plain remainder would draw the lower third twice as often.
TEST(Rng, BelowIsFairForBoundsThatDoNotDivideTheRange) {
  Rng rng(3);
  const std::uint64_t bound = 3 * (std::uint64_t{1} << 62U);
  constexpr int kDraws = 30'000;
  int low = 0;
  for (int i = 0; i < kDraws; ++i) {
    const std::uint64_t x = rng.below(bound);
    ASSERT_LT(x, bound);
    if (x < bound / 3) ++low;
  }
  EXPECT_NEAR(low, kDraws / 3.0, 5 * std::sqrt(kDraws * 2.0 / 9.0));
}

TEST(Rng, BelowOneIsZero) {
  Rng rng(4);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(rng.below(1), 0U);
}

TEST(RngDeathTest, BelowZeroHasNoAnswer) {
  Rng rng(4);
  EXPECT_DEATH((void)rng.below(0), "a range with something in it");
}

TEST(Rng, NormalHasTheMomentsOfTheNormal) {
  Rng rng(5);
  constexpr int kDraws = 50'000;
  std::array<double, 4> moments{};
  for (int i = 0; i < kDraws; ++i) {
    const double x = rng.normal();
    double power = 1.0;
    for (double& moment : moments) moment += (power *= x) / kDraws;
  }
  // Five standard errors of each sample moment: the variances are 1, 2, 15 and 96 over the draws.
  EXPECT_NEAR(moments[0], 0.0, 5 * std::sqrt(1.0 / kDraws));
  EXPECT_NEAR(moments[1], 1.0, 5 * std::sqrt(2.0 / kDraws));
  EXPECT_NEAR(moments[2], 0.0, 5 * std::sqrt(15.0 / kDraws));
  EXPECT_NEAR(moments[3], 3.0, 5 * std::sqrt(96.0 / kDraws));
}

TEST(Rng, ShuffleKeepsEveryItemAndPutsEachEverywhere) {
  Rng rng(6);
  std::array<std::array<int, 5>, 5> seen{};
  for (int round = 0; round < 5'000; ++round) {
    std::array<int, 5> items{0, 1, 2, 3, 4};
    rng.shuffle(std::span<int>(items));
    for (std::size_t place = 0; place < items.size(); ++place) {
      ++seen.at(place).at(static_cast<std::size_t>(items.at(place)));
    }
    std::ranges::sort(items);
    ASSERT_EQ(items, (std::array<int, 5>{0, 1, 2, 3, 4}));
  }
  for (const auto& place : seen) {
    for (const int count : place) EXPECT_NEAR(count, 1000, 5 * std::sqrt(800.0));
  }
}

}  // namespace
}  // namespace ooe
