#include "universe/select.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/rng.h"

namespace ooe::universe {
namespace {

using ::testing::HasSubstr;

struct Case {
  OutcomeMatrix outcomes;
  std::vector<float> cost_usd;
  std::vector<Prediction> predictions;
};

// Scores of few values, so that ties are met; `gaps`: one cell in so many was not measured.
Case random_case(Rng& rng, std::size_t n, std::size_t m, std::uint64_t gaps) {
  Case c;
  for (std::size_t i = 0; i < m; ++i) c.outcomes.experts.push_back("e" + std::to_string(i));
  for (std::size_t query = 0; query < n; ++query) {
    c.outcomes.question_ids.push_back("q" + std::to_string(query));
    for (std::size_t i = 0; i < m; ++i) {
      const bool gap = gaps != 0 && rng.below(gaps) == 0;
      c.outcomes.score.push_back(gap ? kNotMeasured : static_cast<float>(rng.below(3)) / 2.0F);
      c.cost_usd.push_back(gap ? kNotMeasured : static_cast<float>(rng.below(4)) * 0.001F);
      Prediction prediction;
      prediction.quality = static_cast<double>(rng.below(5)) / 4.0;
      prediction.cost = Usd{static_cast<std::int64_t>(rng.below(4)) * 1'000'000};
      c.predictions.push_back(prediction);
    }
  }
  c.outcomes.score[0] = 1.0F;  // somebody was measured
  c.cost_usd[0] = 0.001F;
  return c;
}

Utilities utilities_of(const Case& c, double quality_per_usd) {
  return *utilities(c.outcomes, c.cost_usd, c.predictions, quality_per_usd);
}

std::vector<ExpertId> set_of(unsigned bits, std::size_t m) {
  std::vector<ExpertId> set;
  for (std::size_t i = 0; i < m; ++i) {
    if ((bits >> i & 1U) != 0) set.push_back({static_cast<std::int32_t>(i)});
  }
  return set;
}

std::vector<ExpertId> experts_of(const Universe& universe) {
  std::vector<ExpertId> set;
  for (const UniverseMember& member : universe.members) set.push_back(member.expert);
  return set;
}

Usd usd(std::uint64_t dollars) { return {static_cast<std::int64_t>(dollars) * 1'000'000'000}; }

SelectOptions options_of(Objective objective, std::size_t size_max) {
  SelectOptions options;
  options.objective = objective;
  options.size_max = size_max;
  return options;
}

// Tried, the bound is what the best set has; greedy's is no less.
void expect_bound(const Universe& universe, double best, const Utilities& utilities,
                  const std::vector<std::string>& experts, SelectOptions options) {
  EXPECT_NEAR(universe.utility_bound, best, 1e-6);
  options.tried_max = 0;
  EXPECT_GE(select(utilities, experts, options)->utility_bound, best - 1e-6);
}

TEST(OracleValue, IsMonotoneAndSubmodular) {
  Rng rng(1);
  for (int round = 0; round < 2'000; ++round) {
    const std::size_t m = 1 + rng.below(6);
    const Case c = random_case(rng, 1 + rng.below(8), m, rng.below(4));
    const Utilities u = utilities_of(c, rng.below(2) == 0 ? 0.0 : 300.0);
    const auto small = static_cast<unsigned>(rng.below(1U << m));
    const unsigned large = small | static_cast<unsigned>(rng.below(1U << m));
    const unsigned extra = 1U << rng.below(m);
    const auto value = [&](unsigned bits) { return oracle_value(u, set_of(bits, m)); };
    EXPECT_LE(value(small), value(large) + 1e-6);
    EXPECT_GE(value(small | extra) - value(small), value(large | extra) - value(large) - 1e-6);
  }
}

TEST(Select, GreedyIsNearTheBestOfAllSubsetsAndTheBoundIsTheBest) {
  Rng rng(2);
  for (int round = 0; round < 150; ++round) {
    SCOPED_TRACE(round);
    const std::size_t m = 1 + rng.below(12);
    const std::size_t size = 1 + rng.below(m);
    const Case c = random_case(rng, 1 + rng.below(12), m, rng.below(4));
    const Utilities u = utilities_of(c, round % 2 == 0 ? 0.0 : 200.0);
    const auto universe = select(u, c.outcomes.experts, options_of(Objective::oracle, size));
    ASSERT_TRUE(universe.has_value());
    double best = u.floor;
    for (unsigned bits = 1; bits < 1U << m; ++bits) {
      const auto set = set_of(bits, m);
      if (set.size() <= size) best = std::max(best, oracle_value(u, set));
    }
    EXPECT_NEAR(universe->utility, oracle_value(u, experts_of(*universe)), 1e-6);
    expect_bound(*universe, best, u, c.outcomes.experts, options_of(Objective::oracle, size));
    EXPECT_LE(universe->utility, best + 1e-6);
    EXPECT_GE(universe->utility - u.floor, (1.0 - std::exp(-1.0)) * (best - u.floor) - 1e-6);
    for (std::size_t i = 1; i < universe->members.size(); ++i) {
      EXPECT_LE(universe->members[i].marginal_gain, universe->members[i - 1].marginal_gain + 1e-6);
    }
  }
}

// The slow, obvious version: every step evaluates every larger set from scratch.
TEST(Select, ThePredictableOrderIsThatOfTheSlowGreedy) {
  Rng rng(3);
  for (int round = 0; round < 300; ++round) {
    SCOPED_TRACE(round);
    const std::size_t m = 1 + rng.below(7);
    const Case c = random_case(rng, 1 + rng.below(12), m, rng.below(4));
    const Utilities u = utilities_of(c, round % 2 == 0 ? 0.0 : 200.0);
    SelectOptions to_the_end = options_of(Objective::predictable, m);
    to_the_end.fill_up = true;
    const auto universe = select(u, c.outcomes.experts, to_the_end);
    ASSERT_TRUE(universe.has_value());
    std::vector<ExpertId> set;
    double value = u.floor;
    for (const UniverseMember& member : universe->members) {
      double best = -std::numeric_limits<double>::infinity();
      for (std::size_t i = 0; i < m; ++i) {
        const ExpertId expert{static_cast<std::int32_t>(i)};
        if (std::ranges::find(set, expert) != set.end()) continue;
        set.push_back(expert);
        best = std::max(best, predictable_value(u, set));
        set.pop_back();
      }
      set.push_back(member.expert);
      EXPECT_NEAR(predictable_value(u, set), best, 1e-6);
      EXPECT_NEAR(member.marginal_gain, predictable_value(u, set) - value, 1e-6);
      value = predictable_value(u, set);
    }
    EXPECT_NEAR(universe->utility, value, 1e-6);
    EXPECT_LE(value, universe->utility_bound + 1e-6);
    EXPECT_LE(value, oracle_value(u, set) + 1e-6);
  }
}

// "loud" is the best alone, promises most everywhere, and is beaten by the three that know.
Case with_a_loud_expert() {
  Case c;
  c.outcomes.experts = {"loud", "a", "b", "c"};
  for (std::size_t query = 0; query < 12; ++query) {
    c.outcomes.question_ids.push_back(std::to_string(query));
    for (std::size_t i = 0; i < 4; ++i) {
      const bool knows = i > 0 && query % 3 == i - 1;
      c.outcomes.score.push_back(i == 0 ? (query < 8 ? 1.0F : 0.0F) : knows ? 1.0F : 0.0F);
      Prediction prediction;
      prediction.quality = i == 0 ? 0.95 : knows ? 0.9 : 0.1;
      c.predictions.push_back(prediction);
    }
  }
  return c;
}

TEST(Select, DropsWhoeverWasBestAloneAndHarmsTheRest) {
  const Case c = with_a_loud_expert();
  const Utilities u = utilities_of(c, 0.0);
  SelectOptions options = options_of(Objective::predictable, 3);
  for (const std::uint64_t tried_max : {options.tried_max, std::uint64_t{0}}) {
    SCOPED_TRACE(tried_max);
    options.tried_max = tried_max;
    const auto universe = select(u, c.outcomes.experts, options);
    ASSERT_TRUE(universe.has_value());
    EXPECT_EQ(experts_of(*universe), set_of(0b1110, 4));
    EXPECT_DOUBLE_EQ(universe->utility, 1.0);
  }
}

unsigned bits_of(const Universe& universe) {
  unsigned bits = 0;
  for (const UniverseMember& member : universe.members) bits |= 1U << member.expert.index();
  return bits;
}

TEST(Select, ThePredictableUniverseIsTheBestOfAllSubsets) {
  Rng rng(12);
  for (int round = 0; round < 150; ++round) {
    SCOPED_TRACE(round);
    const std::size_t m = 1 + rng.below(8);
    const Case c = random_case(rng, 1 + rng.below(20), m, rng.below(4));
    const Utilities u = utilities_of(c, round % 2 == 0 ? 0.0 : 200.0);
    SelectOptions options = options_of(Objective::predictable, 1 + rng.below(m));
    const auto universe = select(u, c.outcomes.experts, options);
    ASSERT_TRUE(universe.has_value());
    EXPECT_LE(universe->members.size(), options.size_max);
    EXPECT_NEAR(universe->utility, predictable_value(u, experts_of(*universe)), 1e-6);
    options.tried_max = 0;
    const auto mended = select(u, c.outcomes.experts, options);
    double best = -std::numeric_limits<double>::infinity();
    for (unsigned bits = 1; bits < 1U << m; ++bits) {
      const auto set = set_of(bits, m);
      if (set.size() <= options.size_max) best = std::max(best, predictable_value(u, set));
    }
    EXPECT_NEAR(universe->utility, best, 1e-6);
    EXPECT_LE(mended->utility, best + 1e-6);
  }
}

TEST(Select, MoreFixedMoneyNeverBuysAWorseUniverse) {
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

TEST(Select, TheCheaperOfEqualsIsChosen) {
  Case c;
  c.outcomes.experts = {"dear", "cheap", "unknown"};
  c.outcomes.question_ids = {"1", "2"};
  c.outcomes.score = {1.0F, 1.0F, 1.0F, 0.0F, 0.0F, 0.0F};
  c.predictions.resize(6);
  const Utilities u = utilities_of(c, 0.0);
  for (const Objective objective : {Objective::oracle, Objective::predictable}) {
    for (const bool fill_up : {false, true}) {
      SelectOptions options = options_of(objective, 1);
      options.fill_up = fill_up;
      options.answer_cost = {3.0, 2.0, std::nan("")};
      EXPECT_EQ(select(u, c.outcomes.experts, options)->members[0].expert.value, 1);
      options.answer_cost.clear();
      EXPECT_EQ(select(u, c.outcomes.experts, options)->members[0].expert.value, 0);
    }
  }
}

TEST(Select, IncludesComeFirstAndTheBoundRespectsThem) {
  Rng rng(4);
  for (int round = 0; round < 100; ++round) {
    const std::size_t m = 3 + rng.below(6);
    const Case c = random_case(rng, 10, m, 0);
    const Utilities u = utilities_of(c, 0.0);
    SelectOptions options = options_of(Objective::oracle, 2 + rng.below(m - 1));
    options.include = {"e2"};
    options.exclude = {"e0"};
    const auto universe = select(u, c.outcomes.experts, options);
    ASSERT_TRUE(universe.has_value());
    EXPECT_EQ(universe->members.front().expert.value, 2);
    double best = 0.0;
    for (unsigned bits = 0; bits < 1U << m; ++bits) {
      if ((bits & 1U) != 0 || (bits & 4U) == 0) continue;
      const auto set = set_of(bits, m);
      if (set.size() <= options.size_max) best = std::max(best, oracle_value(u, set));
    }
    expect_bound(*universe, best, u, c.outcomes.experts, options);
    for (const UniverseMember& member : universe->members) EXPECT_NE(member.expert.value, 0);
  }
}

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

TEST(Select, NoMemberOfAPredictableUniverseHarmsIt) {
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

TEST(Select, KeepsEveryLimitAndIsNearTheBestOfAllSubsetsThatDo) {
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
TEST(Select, TheBoundHoldsAmongManyThatAreFreeAndUseless) {
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
TEST(Select, ASetMayCostTheWholeLimit) {
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

TEST(Select, ManyThatCostMuchAreNoSumWithoutALimit) {
  Case c;
  c.outcomes.experts = {"a", "b"};
  c.outcomes.question_ids = {"1", "2"};
  c.outcomes.score = {1.0F, 0.0F, 0.0F, 1.0F};
  SelectOptions options = options_of(Objective::oracle, 2);
  options.fixed_per_month = {Usd::max(), Usd::max()};
  EXPECT_EQ(
      select(*utilities(c.outcomes, {}, {}, 0.0), c.outcomes.experts, options)->members.size(), 2U);
}

TEST(Select, MoneyIsWhereGreedyByGainFails) {
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

// The slow version computes every gain in every round.
TEST(Select, LazyGreedyIsGreedy) {
  Rng rng(8);
  for (int round = 0; round < 200; ++round) {
    const std::size_t m = 2 + rng.below(12);
    const Case c = random_case(rng, 1 + rng.below(30), m, rng.below(4));
    const Utilities u = utilities_of(c, 0.0);
    const auto universe = select(u, c.outcomes.experts, options_of(Objective::oracle, m));
    ASSERT_TRUE(universe.has_value());
    std::vector<ExpertId> set;
    for (const UniverseMember& member : universe->members) {
      ExpertId best;
      double best_value = -1.0;
      for (std::size_t i = 0; i < m; ++i) {
        const ExpertId expert{static_cast<std::int32_t>(i)};
        if (std::ranges::find(set, expert) != set.end()) continue;
        set.push_back(expert);
        const double value = oracle_value(u, set);
        set.pop_back();
        if (value <= best_value) continue;  // ties stay with the lower index
        best = expert;
        best_value = value;
      }
      EXPECT_EQ(member.expert, best);
      set.push_back(member.expert);
    }
  }
}

TEST(Select, FillsUpWhenAskedTo) {
  Rng rng(9);
  const Case c = random_case(rng, 5, 6, 0);
  const Utilities u = utilities_of(c, 0.0);
  for (const Objective objective : {Objective::oracle, Objective::predictable}) {
    SelectOptions options = options_of(objective, 6);
    options.fill_up = true;
    EXPECT_EQ(select(u, c.outcomes.experts, options)->members.size(), 6U);
  }
}

TEST(Utilities, WeightsCountLikeCopies) {
  Rng rng(10);
  const Case c = random_case(rng, 6, 3, 0);
  Case copied;
  copied.outcomes.experts = c.outcomes.experts;
  std::vector<double> weights;
  for (std::size_t query = 0; query < 6; ++query) {
    weights.push_back(static_cast<double>(query % 3));
    for (std::size_t copy = 0; copy < query % 3; ++copy) {
      copied.outcomes.question_ids.push_back("q");
      for (const float score : c.outcomes.row(query)) copied.outcomes.score.push_back(score);
    }
  }
  const Utilities weighed = *utilities(c.outcomes, {}, {}, 0.0, weights);
  const Utilities copies = *utilities(copied.outcomes, {}, {}, 0.0);
  for (unsigned bits = 0; bits < 8; ++bits) {
    EXPECT_NEAR(oracle_value(weighed, set_of(bits, 3)), oracle_value(copies, set_of(bits, 3)),
                1e-6);
  }
  weights[1] = -1.0;
  EXPECT_THAT(utilities(c.outcomes, {}, {}, 0.0, weights).error().message, HasSubstr("'q1'"));
  std::ranges::fill(weights, 0.0);
  EXPECT_FALSE(utilities(c.outcomes, {}, {}, 0.0, weights).has_value());
}

TEST(Select, RefusesLimitsNobodyMeets) {
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

TEST(Select, StopsWhenNobodyAddsAnything) {
  Case c;
  c.outcomes.experts = {"twin a", "twin b", "worse"};
  c.outcomes.question_ids = {"1", "2"};
  c.outcomes.score = {1.0F, 1.0F, 0.0F, 0.5F, 0.5F, 0.5F};
  const auto universe = select(*utilities(c.outcomes, {}, {}, 0.0), c.outcomes.experts,
                               options_of(Objective::oracle, 3));
  ASSERT_TRUE(universe.has_value());
  ASSERT_EQ(universe->members.size(), 1U);
  EXPECT_EQ(universe->members[0].expert.value, 0);
  EXPECT_DOUBLE_EQ(universe->utility, 0.75);
  EXPECT_DOUBLE_EQ(universe->utility_bound, 0.75);
}

TEST(Select, HindsightLikesALuckyGuesserAndPredictionDoesNot) {
  // `lucky` is right where `solid` is wrong, but nothing predicts when.
  Case c;
  c.outcomes.experts = {"solid", "lucky"};
  c.predictions.resize(8);
  for (std::size_t query = 0; query < 4; ++query) {
    c.outcomes.question_ids.push_back(std::to_string(query));
    c.outcomes.score.push_back(query < 3 ? 1.0F : 0.0F);
    c.outcomes.score.push_back(query < 3 ? 0.0F : 1.0F);
    c.predictions[2 * query].quality = 0.75;
    c.predictions[2 * query + 1].quality = 0.25;
  }
  const Utilities u = *utilities(c.outcomes, {}, c.predictions, 0.0);
  EXPECT_EQ(select(u, c.outcomes.experts, options_of(Objective::oracle, 2))->members.size(), 2U);
  EXPECT_EQ(select(u, c.outcomes.experts, options_of(Objective::predictable, 2))->members.size(),
            1U);
}

TEST(Select, AWorthlessUniverseStillHasSomebody) {
  Case c;
  c.outcomes.experts = {"a", "b"};
  c.outcomes.question_ids = {"1"};
  c.outcomes.score = {0.0F, 0.0F};
  const auto universe = select(*utilities(c.outcomes, {}, {}, 0.0), c.outcomes.experts,
                               options_of(Objective::oracle, 2));
  ASSERT_TRUE(universe.has_value());
  EXPECT_EQ(universe->members.size(), 1U);
}

TEST(Select, RefusesWhatCannotBe) {
  Rng rng(5);
  const Case c = random_case(rng, 3, 3, 0);
  const Utilities u = utilities_of(c, 0.0);
  struct Row {
    std::size_t size_max;
    std::vector<std::string> include;
    std::vector<std::string> exclude;
    std::string message;
  };
  for (const Row& row :
       {Row{0, {}, {}, "size 0"}, Row{2, {"nobody"}, {}, "'nobody'"},
        Row{2, {}, {"nobody"}, "'nobody'"}, Row{2, {"e1"}, {"e1"}, "'e1' is both"},
        Row{1, {"e1", "e2"}, {}, "no room"}, Row{1, {}, {"e0", "e1", "e2"}, "every expert"}}) {
    SCOPED_TRACE(row.message);
    SelectOptions options = options_of(Objective::oracle, row.size_max);
    options.include = row.include;
    options.exclude = row.exclude;
    const auto refused = select(u, c.outcomes.experts, options);
    ASSERT_FALSE(refused.has_value());
    EXPECT_THAT(refused.error().message, HasSubstr(row.message));
  }
}

TEST(Utilities, RefusesMoneyWithoutCostsAndTablesWithoutOutcomes) {
  Rng rng(6);
  Case c = random_case(rng, 3, 2, 0);
  EXPECT_FALSE(utilities(c.outcomes, {}, {}, 1.0).has_value());
  EXPECT_FALSE(utilities(c.outcomes, c.cost_usd, {}, -1.0).has_value());
  EXPECT_FALSE(utilities(c.outcomes, c.cost_usd, {}, std::nan("")).has_value());
  c.predictions[3].cost.reset();
  EXPECT_THAT(utilities(c.outcomes, c.cost_usd, c.predictions, 1.0).error().message,
              HasSubstr("'e1'"));
  EXPECT_TRUE(utilities(c.outcomes, c.cost_usd, c.predictions, 0.0).has_value());
  c.outcomes.score.assign(c.outcomes.score.size(), kNotMeasured);
  EXPECT_FALSE(utilities(c.outcomes, {}, {}, 0.0).has_value());
  EXPECT_FALSE(utilities({}, {}, {}, 0.0).has_value());
}

TEST(Utilities, QueriesNobodyWasMeasuredOnAreLeftOut) {
  Case c;
  c.outcomes.experts = {"a"};
  c.outcomes.question_ids = {"1", "2"};
  c.outcomes.score = {1.0F, kNotMeasured};
  const Utilities u = *utilities(c.outcomes, {}, {}, 0.0);
  EXPECT_EQ(u.n_queries, 1U);
  EXPECT_DOUBLE_EQ(oracle_value(u, set_of(1, 1)), 1.0);
}

}  // namespace
}  // namespace ooe::universe
