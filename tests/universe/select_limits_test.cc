// Limits of money, of zones, and who must or must not be in.
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/universe/random_case.h"
#include "universe/select.h"

namespace ooe::universe {
namespace {

using ::testing::HasSubstr;

// Everything at once: size, money, zones, includes, excludes, weights.
struct Limits {
  SelectOptions options;
  [[nodiscard]] bool allow(unsigned bits, std::size_t m) const {
    if ((bits & 2U) == 0 || (bits & 1U) != 0) return false;  // e1 must, e0 must not
    Usd spent;
    std::size_t size = 0;
    std::size_t in_zone = 0;
    for (std::size_t i = 0; i < m; ++i) {
      if ((bits >> i & 1U) == 0) continue;
      ++size;
      spent += options.fixed_per_month[i];
      if (i % 3 == 0) ++in_zone;
    }
    return size <= options.size_max && spent <= *options.fixed_per_month_max &&
           in_zone <= options.zone_limits.front().experts_max;
  }
};

Limits random_limits(Rng& rng, std::size_t m, Objective objective) {
  Limits limits;
  limits.options = options_of(objective, 2 + rng.below(m - 1));
  limits.options.include = {"e1"};
  limits.options.exclude = {"e0"};
  for (std::size_t i = 0; i < m; ++i) {
    limits.options.fixed_per_month.push_back(usd(100 * rng.below(5)));
    limits.options.zones.emplace_back(i % 3 == 0 ? "eu" : "elsewhere");
  }
  limits.options.fixed_per_month_max = limits.options.fixed_per_month[1] + usd(100 * rng.below(8));
  limits.options.zone_limits = {{"eu", rng.below(3)}};
  return limits;
}

TEST(SelectLimits, KeepsEveryLimitAndIsNearTheBestOfAllSubsetsThatDo) {
  Rng rng(7);
  double worst = 1.0;
  for (int round = 0; round < 150; ++round) {
    SCOPED_TRACE(round);
    const std::size_t m = 3 + rng.below(8);
    const Case c = random_case(rng, 3 + rng.below(10), m, rng.below(4));
    std::vector<double> weights;
    for (std::size_t i = 0; i < c.outcomes.n_queries(); ++i) weights.push_back(rng.uniform());
    const auto objective = round % 2 == 0 ? Objective::oracle : Objective::predictable;
    const Limits limits = random_limits(rng, m, objective);
    const Utilities u = *utilities(c.outcomes, c.cost_usd, c.predictions, 0.0, weights);
    const auto universe = select(u, c.outcomes.experts, limits.options);
    ASSERT_TRUE(universe.has_value());
    unsigned chosen = 0;
    for (const ExpertId expert : experts_of(*universe)) chosen |= 1U << expert.index();
    EXPECT_TRUE(limits.allow(chosen, m));
    double best = 0.0;
    for (unsigned bits = 0; bits < 1U << m; ++bits) {
      if (limits.allow(bits, m)) best = std::max(best, oracle_value(u, set_of(bits, m)));
    }
    expect_bound(*universe, best, u, c.outcomes.experts, limits.options);
    const auto value = objective == Objective::oracle ? oracle_value : predictable_value;
    EXPECT_NEAR(universe->utility, value(u, experts_of(*universe)), 1e-6);
    if (objective == Objective::oracle) worst = std::min(worst, universe->utility / best);
  }
  EXPECT_GT(worst, 1.0 - std::exp(-1.0));
}

// Some add to what others do and cost money; most are free and never right.
TEST(SelectLimits, TheBoundHoldsAmongManyThatAreFreeAndUseless) {
  constexpr std::size_t kUseful = 10;
  Rng rng(15);
  for (int round = 0; round < 40; ++round) {
    SCOPED_TRACE(round);
    const std::size_t m = kUseful + 20 + rng.below(20);
    std::vector<bool> useful(m, false);
    for (std::size_t left = kUseful; left > 0;) {
      const std::size_t i = rng.below(m);
      if (useful[i]) continue;
      useful[i] = true;
      --left;
    }
    Case c;
    SelectOptions options = options_of(Objective::oracle, 8);
    std::vector<ExpertId> those;
    for (std::size_t i = 0; i < m; ++i) {
      c.outcomes.experts.push_back("e" + std::to_string(i));
      options.fixed_per_month.push_back(useful[i] ? usd(1 + rng.below(20)) : Usd{});
      if (useful[i]) those.push_back({static_cast<std::int32_t>(i)});
    }
    options.fixed_per_month_max = usd(15 + rng.below(35));
    for (int query = 0; query < 40; ++query) {
      c.outcomes.question_ids.push_back("q" + std::to_string(query));
      for (std::size_t i = 0; i < m; ++i) {
        c.outcomes.score.push_back(useful[i] && rng.uniform() < 0.12 ? 1.0F : 0.0F);
      }
    }
    const Utilities u = utilities_of(c, 0.0);
    double best = 0.0;
    for (unsigned bits = 1; bits < 1U << kUseful; ++bits) {
      std::vector<ExpertId> set;
      Usd spent;
      for (std::size_t i = 0; i < kUseful; ++i) {
        if ((bits >> i & 1U) == 0) continue;
        set.push_back(those[i]);
        spent += options.fixed_per_month[those[i].index()];
      }
      if (set.size() > options.size_max || spent > *options.fixed_per_month_max) continue;
      best = std::max(best, oracle_value(u, set));
    }
    options.tried_max = 0;
    const auto universe = select(u, c.outcomes.experts, options);
    ASSERT_TRUE(universe.has_value()) << universe.error().message;
    EXPECT_GE(universe->utility_bound, best - 1e-6);
  }
}

// 0.1 and 0.2 are no sum of powers of two, and together more than 0.3 is.
TEST(SelectLimits, ASetMayCostTheWholeLimit) {
  Case c;
  c.outcomes.experts = {"a", "b", "c"};
  c.outcomes.question_ids = {"1", "2", "3"};
  c.outcomes.score = {1.0F, 0.0F, 0.0F, 0.0F, 1.0F, 0.0F, 0.0F, 0.0F, 1.0F};
  SelectOptions options = options_of(Objective::oracle, 3);
  options.fixed_per_month = {Usd{100'000'000}, Usd{200'000'000}, Usd{300'000'000}};
  options.fixed_per_month_max = Usd{600'000'000};
  const Utilities u = *utilities(c.outcomes, {}, {}, 0.0);
  EXPECT_EQ(select(u, c.outcomes.experts, options)->members.size(), 3U);
  options.fixed_per_month_max = Usd{300'000'000};
  const auto universe = select(u, c.outcomes.experts, options);
  ASSERT_TRUE(universe.has_value());
  EXPECT_EQ(universe->members.size(), 2U);
}

TEST(SelectLimits, ManyThatCostMuchAreNoSumWithoutALimit) {
  Case c;
  c.outcomes.experts = {"a", "b"};
  c.outcomes.question_ids = {"1", "2"};
  c.outcomes.score = {1.0F, 0.0F, 0.0F, 1.0F};
  SelectOptions options = options_of(Objective::oracle, 2);
  options.fixed_per_month = {Usd::max(), Usd::max()};
  EXPECT_EQ(
      select(*utilities(c.outcomes, {}, {}, 0.0), c.outcomes.experts, options)->members.size(), 2U);
}

TEST(SelectLimits, MoneyIsWhereGreedyByGainFails) {
  // By gain alone the dear expert goes first and leaves nothing for the two that beat it together.
  Case c;
  c.outcomes.experts = {"dear", "cheap a", "cheap b"};
  for (int query = 0; query < 10; ++query) c.outcomes.question_ids.push_back(std::to_string(query));
  for (int query = 0; query < 10; ++query) {
    c.outcomes.score.push_back(query < 6 ? 1.0F : 0.0F);
    c.outcomes.score.push_back(query < 5 ? 1.0F : 0.0F);
    c.outcomes.score.push_back(query >= 5 ? 1.0F : 0.0F);
  }
  SelectOptions options = options_of(Objective::oracle, 3);
  options.fixed_per_month = {usd(1'000), usd(500), usd(500)};
  options.fixed_per_month_max = usd(1'000);
  const auto universe = select(*utilities(c.outcomes, {}, {}, 0.0), c.outcomes.experts, options);
  ASSERT_TRUE(universe.has_value());
  EXPECT_EQ(universe->members.size(), 2U);
  EXPECT_DOUBLE_EQ(universe->utility, 1.0);
}

TEST(SelectLimits, MoreFixedMoneyNeverBuysAWorseUniverse) {
  Rng rng(14);
  for (int round = 0; round < 60; ++round) {
    SCOPED_TRACE(round);
    const std::size_t m = 3 + rng.below(6);
    const Case c = random_case(rng, 15, m, 0);
    const Utilities u = utilities_of(c, 0.0);
    SelectOptions options = options_of(Objective::predictable, 1 + rng.below(m));
    for (std::size_t i = 0; i < m; ++i) {
      options.fixed_per_month.push_back(usd(100 * rng.below(5)));
    }
    options.fixed_per_month[0] = {};  // somebody is affordable
    double last = -std::numeric_limits<double>::infinity();
    for (std::uint64_t limit = 0; limit <= 1'500; limit += 100) {
      options.fixed_per_month_max = usd(limit);
      const auto universe = select(u, c.outcomes.experts, options);
      ASSERT_TRUE(universe.has_value());
      EXPECT_GE(universe->utility, last - 1e-9) << limit;
      last = universe->utility;
    }
  }
}

TEST(SelectLimits, NoMemberOfAPredictableUniverseHarmsIt) {
  Rng rng(13);
  for (int round = 0; round < 300; ++round) {
    SCOPED_TRACE(round);
    const std::size_t m = 3 + rng.below(8);
    const Case c = random_case(rng, 3 + rng.below(20), m, rng.below(4));
    const Utilities u = utilities_of(c, round % 2 == 0 ? 0.0 : 200.0);
    SelectOptions options = options_of(Objective::predictable, 2 + rng.below(m - 1));
    if (round % 3 == 0) options = random_limits(rng, m, Objective::predictable).options;
    if (round % 4 < 2) options.tried_max = 0;
    const auto universe = select(u, c.outcomes.experts, options);
    ASSERT_TRUE(universe.has_value());
    for (std::size_t i = options.include.size(); i < universe->members.size(); ++i) {
      const unsigned without = bits_of(*universe) & ~(1U << universe->members[i].expert.index());
      if (without == 0) continue;
      EXPECT_GE(universe->utility, predictable_value(u, set_of(without, m)) - 1e-6);
    }
  }
}

TEST(SelectLimits, RefusesLimitsNobodyMeets) {
  Rng rng(11);
  const Case c = random_case(rng, 3, 2, 0);
  const Utilities u = utilities_of(c, 0.0);
  SelectOptions options = options_of(Objective::oracle, 2);
  options.fixed_per_month = {usd(5), usd(6)};
  options.fixed_per_month_max = usd(4);
  EXPECT_THAT(select(u, c.outcomes.experts, options).error().message, HasSubstr("no expert fits"));
  options.include = {"e1"};
  EXPECT_THAT(select(u, c.outcomes.experts, options).error().message, HasSubstr("'e1' must be in"));
  options = options_of(Objective::oracle, 2);
  options.fixed_per_month = {Usd{} - usd(1), usd(1)};
  EXPECT_THAT(select(u, c.outcomes.experts, options).error().message, HasSubstr("'e0' costs -1"));
  options = options_of(Objective::oracle, 2);
  options.zone_limits = {{"moon", 1}};
  EXPECT_THAT(select(u, c.outcomes.experts, options).error().message, HasSubstr("zone 'moon'"));
}

}  // namespace
}  // namespace ooe::universe
