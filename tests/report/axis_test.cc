#include "report/axis.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace ooe::report {
namespace {

void expect_near(const std::vector<double>& ticks, const std::vector<double>& expected) {
  ASSERT_EQ(ticks.size(), expected.size());
  for (std::size_t i = 0; i < ticks.size(); ++i) EXPECT_DOUBLE_EQ(ticks[i], expected[i]) << i;
}

TEST(Axis, ReachesFromTheLeastToTheGreatestAndBeyondByItsAir) {
  const std::vector<double> values{3.0, 1.0, 2.0};
  const Axis even = with_air(axis_over(values, false), 0.5);
  EXPECT_DOUBLE_EQ(even.low, 0.5);
  EXPECT_DOUBLE_EQ(even.high, 3.5);
  EXPECT_DOUBLE_EQ(even.part(2.0), 0.5);
  const Axis decades = with_air(axis_over(std::vector{0.1, 10.0}, true), 1.0);
  EXPECT_DOUBLE_EQ(decades.low, 0.01);
  EXPECT_DOUBLE_EQ(decades.high, 100.0);
  EXPECT_DOUBLE_EQ(decades.part(1.0), 0.5);
  EXPECT_DOUBLE_EQ(decades.part(0.1), 0.25);
}

TEST(Axis, TicksAreOneTwoOrFiveTimesAPowerOfTen) {
  expect_near(even_ticks({0.0, 100.0}, 6.0), {0.0, 20.0, 40.0, 60.0, 80.0, 100.0});
  expect_near(even_ticks({0.0, 100.0}, 10.0),
              {0.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 100.0});
  expect_near(even_ticks({-0.3, 0.7}, 2.0), {0.0, 0.5});
  expect_near(even_ticks({0.0012, 0.0031}, 4.0), {0.0015, 0.002, 0.0025, 0.003});
}

TEST(Axis, HasNoMinusZero) {
  for (const double tick : even_ticks({-0.3, 0.7}, 8.0)) {
    EXPECT_FALSE(tick == 0.0 && std::signbit(tick));
  }
}

TEST(Axis, OfTwoNeighbouringNumbersHasFewTicks) {
  EXPECT_LT(even_ticks({70.0, std::nextafter(70.0, 71.0)}, 6.0).size(), 20U);
}

TEST(Axis, TicksOfDecadesIncludeTheEnds) {
  expect_near(decade_ticks({0.1, 10.0, true}, kOneTwoFive), {0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0});
  expect_near(decade_ticks({3.0, 4.5, true}, std::vector{1.0, 1.5, 3.0, 4.0}), {3.0, 4.0});
}

}  // namespace
}  // namespace ooe::report
