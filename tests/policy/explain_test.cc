#include "policy/explain.h"

#include <cmath>

#include <gtest/gtest.h>

#include "tests/policy/random_case.h"

namespace ooe::policy {
namespace {

constexpr double kStep = 1e-6;
constexpr std::int64_t kNano = 10;  // far above rounding, far below what a multiplier can tell

bool is_first(const RandomCase& c, std::size_t expert) {
  const Decision decision = c.decide();
  return !decision.plan.empty() && decision.plan.front().index() == expert;
}

// On one side of the figure the expert is first, on the other it is not.
TEST(Explain, DecideAgreesOnEitherSideOfEveryFigure) {
  Rng rng(7);
  int qualities = 0;
  int costs = 0;
  for (int round = 0; round < 50'000; ++round) {
    const RandomCase c = random_case(rng);
    const Decision decision = c.decide();
    const auto changes = explain(decision, c.predictions, c.tradeoff, c.decide_options());
    ASSERT_EQ(changes.size(), c.experts.size());
    for (std::size_t i = 0; i < changes.size(); ++i) {
      if (changes[i].quality) {
        ++qualities;
        RandomCase better = c;
        better.predictions[i].quality = *changes[i].quality + kStep;
        RandomCase worse = c;
        worse.predictions[i].quality = *changes[i].quality - kStep;
        ASSERT_TRUE(is_first(better, i)) << round;
        ASSERT_FALSE(is_first(worse, i)) << round;
      }
      if (changes[i].cost_usd) {
        const auto nano = static_cast<std::int64_t>(std::llround(1e9 * *changes[i].cost_usd));
        if (nano < kNano) continue;
        ++costs;
        RandomCase cheaper = c;
        cheaper.predictions[i].cost = Usd{nano - kNano};
        RandomCase dearer = c;
        dearer.predictions[i].cost = Usd{nano + kNano};
        // A cost limit is a mask, not a trade-off.
        if (!c.options.cost_max || *cheaper.predictions[i].cost <= *c.options.cost_max) {
          ASSERT_TRUE(is_first(cheaper, i)) << round;
        }
        ASSERT_FALSE(is_first(dearer, i)) << round;
      }
    }
  }
  EXPECT_GT(qualities, 10'000);
  EXPECT_GT(costs, 1'000);
}

// An empty cost says that not even a gift would do.
TEST(Explain, WhereNoPriceIsNamedNoPriceHelps) {
  Rng rng(8);
  int checked = 0;
  for (int round = 0; round < 50'000; ++round) {
    const RandomCase c = random_case(rng);
    const auto changes = explain(c.decide(), c.predictions, c.tradeoff, c.decide_options());
    for (std::size_t i = 0; i < changes.size(); ++i) {
      if (!changes[i].quality || changes[i].cost_usd || !c.predictions[i].cost) continue;
      if (c.tradeoff.quality_per_usd == 0.0 || is_first(c, i)) continue;
      RandomCase free = c;
      free.predictions[i].cost = Usd{};
      free.predictions[i].quality -= kStep;  // a tie would go to the cheaper
      ++checked;
      ASSERT_FALSE(is_first(free, i)) << round;
    }
  }
  EXPECT_GT(checked, 1'000);
}

TEST(Explain, SaysNothingWhereNothingCanChange) {
  Rng rng(9);
  for (int round = 0; round < 20'000; ++round) {
    const RandomCase c = random_case(rng);
    const Decision decision = c.decide();
    const auto changes = explain(decision, c.predictions, c.tradeoff, c.decide_options());
    const bool fixed =
        decision.plan.empty() || c.options.pinned || c.tradeoff.anchor == decision.plan.front();
    for (std::size_t i = 0; i < changes.size(); ++i) {
      const Verdict verdict = decision.verdicts[i].verdict;
      const bool masked = verdict != Verdict::chosen && verdict != Verdict::fallback &&
                          verdict != Verdict::dominated;
      if (fixed || masked) {
        EXPECT_FALSE(changes[i].quality.has_value());
        EXPECT_FALSE(changes[i].cost_usd.has_value());
      }
    }
  }
}

}  // namespace
}  // namespace ooe::policy
