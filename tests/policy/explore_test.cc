#include "policy/explore.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include <gtest/gtest.h>

#include "tests/policy/random_case.h"

namespace ooe::policy {
namespace {

constexpr ExploreOptions kOften{.share = 0.2, .within = 0.25};

double explored(const RandomCase& c, Decision& decision, const ExploreOptions& options,
                double dice) {
  return explore(decision, c.experts, c.tradeoff, c.decide_options(), options, dice);
}

bool passed(Verdict verdict) {
  return verdict == Verdict::chosen || verdict == Verdict::fallback ||
         verdict == Verdict::dominated;
}

TEST(Explore, IsOffByDefault) {
  Rng rng(1);
  for (int round = 0; round < 1'000; ++round) {
    const RandomCase c = random_case(rng);
    Decision decision = c.decide();
    EXPECT_EQ(explored(c, decision, {}, 0.0), 1.0);
    EXPECT_EQ(decision.plan, c.decide().plan);
  }
}

// Whoever goes first passed every mask of decide(), and the plan is what it was but for the order
// and, where there was no room, its last.
TEST(Explore, AsksOnlyWhoPassedEveryMaskAndIsNearlyTheBest) {
  Rng rng(2);
  int explorations = 0;
  for (int round = 0; round < 300'000; ++round) {
    const RandomCase c = random_case(rng);
    const Decision before = c.decide();
    Decision after = before;
    const double propensity = explored(c, after, kOften, rng.uniform());
    ASSERT_EQ(after.plan.size(), before.plan.size());
    if (before.plan.empty() || after.plan.front() == before.plan.front()) {
      ASSERT_EQ(after.plan, before.plan);
      ASSERT_GE(propensity, 0.5);
      continue;
    }
    ++explorations;
    ASSERT_LT(propensity, 0.5);
    const std::size_t first = after.plan.front().index();
    ASSERT_TRUE(passed(before.verdicts[first].verdict)) << round;
    ASSERT_FALSE(c.options.pinned || c.tradeoff.anchor) << round;
    ASSERT_GE(before.verdicts[first].utility,
              before.verdicts[before.plan.front().index()].utility - kOften.within);
    if (after.plan.size() > 1) {
      ASSERT_EQ(after.plan[1], before.plan.front());
    }
    ASSERT_EQ(after.verdicts[first].verdict, Verdict::chosen);
    std::set<std::int32_t> seen;
    for (std::size_t rank = 0; rank < after.plan.size(); ++rank) {
      ASSERT_TRUE(seen.insert(after.plan[rank].value).second) << "nobody twice";
      ASSERT_EQ(after.verdicts[after.plan[rank].index()].verdict,
                rank == 0 ? Verdict::chosen : Verdict::fallback);
    }
    const auto planned = std::ranges::count_if(after.verdicts, [](const ExpertVerdict& verdict) {
      return verdict.verdict == Verdict::chosen || verdict.verdict == Verdict::fallback;
    });
    ASSERT_EQ(static_cast<std::size_t>(planned), after.plan.size());
  }
  EXPECT_GT(explorations, 2'000);
}

// The receipts' propensities are the true ones: over many throws each expert is first that often.
TEST(Explore, SaysTheProbabilityWithWhichWhoeverIsFirstCameToBe) {
  Rng rng(3);
  int checked = 0;
  while (checked < 20) {
    const RandomCase c = random_case(rng);
    std::map<std::int32_t, double> said;
    std::map<std::int32_t, int> times;
    constexpr int kThrows = 20'000;
    for (int i = 0; i < kThrows; ++i) {
      Decision decision = c.decide();
      const double propensity = explored(c, decision, kOften, rng.uniform());
      if (decision.plan.empty()) break;
      said[decision.plan.front().value] = propensity;
      ++times[decision.plan.front().value];
    }
    if (said.size() < 2) continue;
    ++checked;
    double sum = 0.0;
    for (const auto& [expert, propensity] : said) {
      sum += propensity;
      const double sd = std::sqrt(propensity * (1.0 - propensity) / kThrows);
      EXPECT_NEAR(static_cast<double>(times[expert]) / kThrows, propensity, 5.0 * sd);
    }
    EXPECT_NEAR(sum, 1.0, 1e-12);
  }
}

TEST(Explore, DoesNotDependOnTheOrderOfTheExperts) {
  Rng rng(4);
  for (int round = 0; round < 20'000; ++round) {
    const RandomCase c = random_case(rng);
    if (c.options.pinned || c.tradeoff.anchor || c.options.incumbent || !c.only.empty()) continue;
    RandomCase turned = c;
    std::ranges::reverse(turned.experts);
    std::ranges::reverse(turned.predictions);
    std::reverse(turned.health.begin(),
                 turned.health.begin() + static_cast<std::ptrdiff_t>(c.experts.size()));
    Decision one = c.decide();
    Decision other = turned.decide();
    const double dice = rng.uniform();
    ASSERT_EQ(explored(c, one, kOften, dice), explored(turned, other, kOften, dice));
    if (one.plan.empty()) continue;
    ASSERT_EQ(c.experts[one.plan.front().index()].name,
              turned.experts[other.plan.front().index()].name);
  }
}

}  // namespace
}  // namespace ooe::policy
