#include "policy/pacing.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/rng.h"

namespace ooe::policy {
namespace {

// Three experts, each better and dearer than the one before; the first is ours.
struct PacingWorld {
  std::vector<Expert> experts{3};
  std::vector<float> quality;
  std::vector<float> cost;
  std::size_t n = 0;

  explicit PacingWorld(Rng& rng, std::size_t size) {
    for (std::size_t i = 0; i < 3; ++i) experts[i].name = std::string(1, "abc"[i]);
    experts[0].own = true;
    for (; n < size; ++n) {
      const double length = std::exp(0.7 * rng.normal());
      for (std::size_t i = 0; i < 3; ++i) {
        const double lift = 0.12 * static_cast<double>(i);
        quality.push_back(
            static_cast<float>(std::clamp(0.6 + lift + 0.15 * rng.normal(), 0.0, 1.0)));
        cost.push_back(static_cast<float>(1e-4 * length * std::pow(6.0, static_cast<double>(i))));
      }
    }
  }
  [[nodiscard]] CalibrationSample sample() const {
    return {.quality = quality, .cost_usd = cost, .n_queries = n};
  }
  [[nodiscard]] std::size_t choose(std::size_t query, const Tradeoff& tradeoff) const {
    std::size_t best = 0;
    const auto utility = [&](std::size_t i) {
      return quality[3 * query + i] - tradeoff.quality_per_usd * cost[3 * query + i] +
             (experts[i].own ? tradeoff.own_bonus : 0.0);
    };
    for (std::size_t i = 1; i < 3; ++i) best = utility(i) > utility(best) ? i : best;
    return best;
  }
};

TEST(TradeoffCurve, ReachesWhatItIsAimedAt) {
  Rng rng(1);
  const PacingWorld world(rng, 4'000);
  const auto costs = TradeoffCurve::of_cost(world.experts, world.sample());
  const double dearest = outlook({}, world.experts, world.sample()).cost_usd;
  for (const double part : {0.1, 0.3, 0.5, 0.7, 0.9}) {
    const double got = outlook(costs.at(part * dearest), world.experts, world.sample()).cost_usd;
    EXPECT_NEAR(got / dearest, part, 0.02) << part;
  }
  const auto shares = TradeoffCurve::of_ownership(world.experts, world.sample());
  for (const double share : {0.15, 0.3, 0.5, 0.9}) {
    const double got = outlook(shares.at(share), world.experts, world.sample()).own_share;
    EXPECT_NEAR(got, share, 0.02) << share;
  }
  EXPECT_EQ(costs.at(10.0 * dearest).quality_per_usd, 0.0);
  // Own experts come to more than that by themselves.
  EXPECT_EQ(shares.at(0.01).own_bonus, 0.0);
  // Below what is reachable: always the cheapest.
  const double cheapest =
      outlook({.quality_per_usd = kQualityPerUsdMax}, world.experts, world.sample()).cost_usd;
  EXPECT_EQ(outlook(costs.at(0.0), world.experts, world.sample()).cost_usd, cheapest);
}

// The world answers an aim by a factor that jumps. What is spent too much is then paid back from
// the other side, and that is all: the spending crosses its target once and comes to rest on it.
TEST(Pacer, AStepIsFollowedWithoutOscillation) {
  const PacerOptions options;
  for (const double step : {3.0, 1.5, 0.7, 0.4}) {
    SCOPED_TRACE(step);
    Pacer pacer(1.0, options);
    for (int i = 0; i < 1'000; ++i) {
      EXPECT_NEAR(pacer.aim(), 1.0, 1e-9);
      pacer.observe(pacer.aim(), pacer.aim());
    }
    const bool above = step > 1.0;
    int crossings = 0;
    double side = above ? 1.0 : -1.0;
    double sum_error = 0.0;
    double spent = 0.0;
    for (int i = 0; i < 15'000; ++i) {
      const double aim = pacer.aim();
      spent = step * aim;
      pacer.observe(aim, spent);
      sum_error += spent - 1.0;
      EXPECT_LE(spent, std::max(step, options.rate_max));
      EXPECT_GE(spent, std::min(step, 1.0 / options.rate_max));
      if (std::abs(spent - 1.0) < 0.002 || (spent > 1.0) == (side > 0.0)) continue;
      ++crossings;
      side = -side;
    }
    EXPECT_LE(crossings, 1);
    EXPECT_NEAR(spent, 1.0, 0.002);
    EXPECT_NEAR(sum_error, 0.0, 5.0);  // of 15,000
  }
}

// A few dear answers in a row are no drift, but the minute must not pay for more of them.
TEST(Pacer, ABurstIsHeldBackAndForgotten) {
  Pacer pacer(1.0);
  for (int i = 0; i < 8; ++i) pacer.observe(pacer.aim(), 6.0);
  EXPECT_LT(pacer.aim(), 0.35);
  for (int i = 0; i < 60; ++i) pacer.observe(1.0, 1.0);
  EXPECT_GT(pacer.aim(), 0.75);  // what is left is the debt
}

// Years of saving buy no years of spending.
TEST(Pacer, WhatWasSavedLongAgoIsForgotten) {
  const PacerOptions options;
  Pacer pacer(1.0, options);
  for (int i = 0; i < 1'000'000; ++i) pacer.observe(pacer.aim(), 0.5);
  int dear = 0;
  for (; dear < 1'000'000; ++dear) {
    const double aim = pacer.aim();
    if (0.5 * aim < 1.01) break;
    pacer.observe(aim, 0.5 * aim);
  }
  EXPECT_GT(dear, 1'000);
  EXPECT_LT(dear, 10.0 * options.memory * options.horizon);
}

// A day at 2 queries a second on average, busier at noon. Prompts get four times longer and shorter
// again, the predictor is wrong about lengths by another factor, and costs scatter.
TEST(Pacer, ADayOfDriftingTrafficEndsWithinOnePercentOfItsBudget) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    Rng rng(seed);
    const PacingWorld known(rng, 4'000);
    const PacingWorld today(rng, 20'000);
    const auto curve = TradeoffCurve::of_cost(known.experts, known.sample());
    const double budget = 0.35 * outlook({}, known.experts, known.sample()).cost_usd;
    Pacer pacer(budget);
    double paced = 0.0;
    double unpaced = 0.0;
    double worst_minute = 0.0;
    std::size_t query = 0;
    const Tradeoff fixed = curve.at(budget);
    for (int minute = 0; minute < 24 * 60; ++minute) {
      const double hour = minute / 60.0;
      const double noon = std::sin(3.14159 * hour / 24.0);
      const double drift =
          std::pow(4.0, std::sin(2.0 * 3.14159 * hour / 24.0)) * (1.0 + 0.5 * noon);
      const int queries = static_cast<int>(40.0 + 120.0 * noon);
      double spent = 0.0;
      for (int i = 0; i < queries; ++i, ++query) {
        const std::size_t row = query % today.n;
        const double luck = drift * std::exp(0.5 * rng.normal() - 0.125);
        const double aim = pacer.aim();
        const double cost = luck * today.cost[3 * row + today.choose(row, curve.at(aim))];
        pacer.observe(aim, cost);
        spent += cost;
        unpaced += luck * today.cost[3 * row + today.choose(row, fixed)];
      }
      paced += spent;
      worst_minute = std::max(worst_minute, spent / (budget * queries));
    }
    const double due = budget * static_cast<double>(query);
    fmt::print(
        "seed {}: {} queries, spent {:.4f} of the budget (unpaced {:.3f}), worst minute {:.2f}x\n",
        seed, query, paced / due, unpaced / due, worst_minute);
    EXPECT_NEAR(paced / due, 1.0, 0.01);
    EXPECT_LE(worst_minute, 3.0);
    EXPECT_GT(std::abs(unpaced / due - 1.0), 0.1);  // or there would be nothing to pace
  }
}

TEST(Pacer, OwnershipEndsWithinAPointOfItsShare) {
  for (const double share : {0.3, 0.5, 0.8}) {
    Rng rng(7);
    const PacingWorld known(rng, 4'000);
    PacingWorld today(rng, 10'000);
    // Own answers are judged worse today than they were.
    for (std::size_t row = 0; row < today.n; ++row) today.quality[3 * row] -= 0.1F;
    const auto curve = TradeoffCurve::of_ownership(known.experts, known.sample());
    Pacer pacer(share, {.bursts = false});
    double own = 0.0;
    double unpaced = 0.0;
    for (std::size_t row = 0; row < today.n; ++row) {
      const double aim = pacer.aim();
      const bool ours = today.choose(row, curve.at(aim)) == 0;
      pacer.observe(aim, ours ? 1.0 : 0.0);
      own += ours ? 1.0 : 0.0;
      unpaced += today.choose(row, curve.at(share)) == 0 ? 1.0 : 0.0;
    }
    const auto n = static_cast<double>(today.n);
    fmt::print("share {}: {:.4f} with pacing, {:.4f} without\n", share, own / n, unpaced / n);
    EXPECT_NEAR(own / n, share, 0.01);
  }
}

}  // namespace
}  // namespace ooe::policy
