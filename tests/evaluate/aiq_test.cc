#include "evaluate/aiq.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.h"

namespace ooe::evaluate {
namespace {

std::vector<CostQuality> random_points(Rng& rng) {
  std::vector<CostQuality> points;
  for (std::size_t i = 1 + rng.below(10); i > 0; --i) {
    points.push_back({static_cast<double>(rng.below(8)), static_cast<double>(rng.below(9)) / 8.0});
  }
  return points;
}

// The definition: the best that mixing any two points, or buying any one and keeping the change,
// gives for this money.
double quality_by_pairs(const std::vector<CostQuality>& points, double cost) {
  double best = 0.0;
  for (const CostQuality& a : points) {
    if (a.cost <= cost) best = std::max(best, a.quality);
    for (const CostQuality& b : points) {
      if (!(a.cost <= cost && cost <= b.cost) || a.cost == b.cost) continue;
      const double part = (cost - a.cost) / (b.cost - a.cost);
      best = std::max(best, (1.0 - part) * a.quality + part * b.quality);
    }
  }
  return best;
}

TEST(QualityHull, IsTheBestOfAllMixes) {
  Rng rng(21);
  for (int round = 0; round < 500; ++round) {
    const auto points = random_points(rng);
    const auto hull = quality_hull(points);
    for (double cost = -1.0; cost < 9.0; cost += 0.125) {
      ASSERT_NEAR(quality_at(hull, cost), quality_by_pairs(points, cost), 1e-12)
          << "round " << round << " cost " << cost;
    }
  }
}

TEST(QualityHull, KeepsCornersOnly) {
  const auto hull = quality_hull({{3, 0.9}, {1, 0.2}, {1, 0.5}, {2, 0.7}, {4, 0.8}, {2, 0.6}});
  const std::vector<CostQuality> expected{{1, 0.5}, {3, 0.9}};
  EXPECT_EQ(hull, expected) << "0.7 at 2 lies on the line, 0.8 at 4 is dominated";
  EXPECT_TRUE(quality_hull({}).empty());
}

TEST(Aiq, IsTheMeanHeight) {
  Rng rng(22);
  for (int round = 0; round < 200; ++round) {
    const auto points = random_points(rng);
    const auto hull = quality_hull(points);
    const double low = hull.front().cost;
    const double high = low + 1.0 + static_cast<double>(rng.below(9));
    // Costs are whole numbers and so are the corners': trapezoids of an eighth are exact.
    double area = 0.0;
    for (double cost = low; cost < high; cost += 0.125) {
      area += 0.0625 * (quality_by_pairs(points, cost) + quality_by_pairs(points, cost + 0.125));
    }
    EXPECT_NEAR(aiq(hull, low, high), area / (high - low), 1e-12);
  }
}

TEST(Aiq, CountsNothingBelowTheCheapestPoint) {
  const auto hull = quality_hull({{1, 0.8}});
  EXPECT_DOUBLE_EQ(aiq(hull, 0.0, 2.0), 0.4);
  EXPECT_DOUBLE_EQ(aiq(hull, 1.0, 1.0), 0.8);
  EXPECT_DOUBLE_EQ(aiq(hull, 5.0, 9.0), 0.8);
  EXPECT_TRUE(std::isnan(aiq({}, 0.0, 1.0)));
}

TEST(CostFor, IsTheLeastMoneyForTheQuality) {
  Rng rng(23);
  for (int round = 0; round < 300; ++round) {
    const auto points = random_points(rng);
    const auto hull = quality_hull(points);
    const double quality = static_cast<double>(rng.below(9)) / 8.0;
    const auto cost = cost_for(hull, quality);
    if (!cost) {
      EXPECT_LT(hull.back().quality, quality);
      continue;
    }
    EXPECT_GE(quality_by_pairs(points, *cost + 1e-9), quality - 1e-9);
    EXPECT_TRUE(*cost == hull.front().cost || quality_by_pairs(points, *cost - 0.01) < quality);
  }
}

TEST(CostSaved, IsAPartOfTheReference) {
  const auto hull = quality_hull({{1, 0.5}, {5, 0.9}});
  EXPECT_DOUBLE_EQ(cost_saved(hull, 0.7, 10.0), 0.7);
  EXPECT_DOUBLE_EQ(cost_saved(hull, 0.9, 4.0), -0.25);
  EXPECT_TRUE(std::isnan(cost_saved(hull, 0.95, 10.0)));
  EXPECT_TRUE(std::isnan(cost_saved(hull, 0.7, 0.0)));
}

}  // namespace
}  // namespace ooe::evaluate
