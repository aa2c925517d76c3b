#include "universe/select.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/universe/random_case.h"

namespace ooe::universe {
namespace {

using ::testing::HasSubstr;

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

}  // namespace
}  // namespace ooe::universe
