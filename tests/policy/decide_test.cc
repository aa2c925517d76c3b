#include "policy/decide.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "tests/policy/random_case.h"

namespace ooe::policy {
namespace {

constexpr int kCases = 1'000'000;
constexpr std::uint64_t kSeed = 20'240'124;

Expert expert_of(PrivacyClass clearance = PrivacyClass::restricted) {
  Expert expert;
  expert.clearance = clearance;
  expert.prices = Prices{{1'000'000}, {1'000'000}, {1'000'000}};
  return expert;
}

Prediction prediction_of(double quality, std::int64_t cost_nano) {
  return {.quality = quality, .cost = Usd{cost_nano}};
}

Query query_of(PrivacyClass privacy) {
  Query query;
  query.privacy = privacy;
  return query;
}

// The slow, obvious version: every rule spelt out again, one expert at a time.
Verdict mask_by_hand(const RandomCase& c, std::size_t i) {
  const Expert& expert = c.experts[i];
  bool in_model = c.only.empty();
  for (const ExpertId member : c.only) in_model = in_model || member.index() == i;
  if (!in_model) return Verdict::not_in_model;
  const bool sees_it = static_cast<int>(expert.clearance) >= static_cast<int>(c.query.privacy);
  if (!sees_it) return Verdict::not_cleared;
  bool in_zone = c.zones.empty();
  for (const std::string& zone : c.zones) in_zone = in_zone || zone == expert.zone;
  if (!in_zone) return Verdict::wrong_zone;
  for (const auto need : {Capabilities::tools, Capabilities::vision, Capabilities::many_choices}) {
    if (c.query.needs.has(need) && !expert.capabilities.has(need)) return Verdict::lacks_capability;
  }
  const std::int64_t answer = c.query.output_tokens_max == 0 ? 1 : c.query.output_tokens_max;
  std::int64_t prompt = c.query.prompt_tokens;
  if (!c.query.counted_tokens.empty() && c.query.counted_tokens[i] != 0) {
    prompt = c.query.counted_tokens[i];
  }
  if (expert.context_tokens != 0 && prompt + answer > expert.context_tokens) {
    return Verdict::context_too_short;
  }
  const bool money_counts = c.tradeoff.quality_per_usd != 0.0 && !c.options.pinned.has_value();
  if ((money_counts || c.options.cost_max) && !c.predictions[i].cost) return Verdict::unpriced;
  if (c.options.cost_max && c.predictions[i].cost->nano > c.options.cost_max->nano) {
    return c.options.cost_max_is_budget ? Verdict::over_budget : Verdict::too_dear;
  }
  if (!c.health[i]) return c.busy[i] ? Verdict::busy : Verdict::unhealthy;
  const Prediction& prediction = c.predictions[i];
  const bool late = c.options.deadline && prediction.total &&
                    prediction.total->count() > c.options.deadline->count();
  const bool silent = c.options.first_token && prediction.first_token &&
                      prediction.first_token->count() > c.options.first_token->count();
  if (late || silent) return Verdict::too_slow;
  return Verdict::chosen;  // none
}

// Returns whether `a` is to be asked before `b`.
bool before_by_hand(const RandomCase& c, std::size_t a, std::size_t b) {
  const auto utility = [&](std::size_t i) {
    const double usd = c.predictions[i].cost ? to_double(*c.predictions[i].cost) : 0.0;
    const double bonus = c.experts[i].own ? c.tradeoff.own_bonus : 0.0;
    const auto& incumbent = c.options.incumbent;
    const double staying =
        incumbent && incumbent->expert.index() == i
            ? c.tradeoff.quality_per_usd * to_double(incumbent->cache) + incumbent->handoff
            : 0.0;
    return c.predictions[i].quality - c.tradeoff.quality_per_usd * usd + bonus + staying;
  };
  const auto behind_anchor = [&](std::size_t i) {
    return c.tradeoff.anchor && c.tradeoff.anchor->index() == i ? 0 : 1;
  };
  const auto time = [&](std::size_t i) {
    return c.predictions[i].total ? static_cast<double>(c.predictions[i].total->count())
                                  : std::numeric_limits<double>::infinity();
  };
  const auto cost = [&](std::size_t i) {
    return c.predictions[i].cost ? static_cast<double>(c.predictions[i].cost->nano)
                                 : std::numeric_limits<double>::infinity();
  };
  const auto key = [&](std::size_t i) {
    return std::tuple(behind_anchor(i), -utility(i), cost(i), time(i), c.experts[i].name);
  };
  return key(a) < key(b);
}

std::size_t rank_in(const Decision& decision, std::size_t expert) {
  std::size_t rank = 0;
  while (rank < decision.plan.size() && decision.plan[rank].index() != expert) ++rank;
  return rank;
}

TEST(Decide, AgreesWithBruteForceAndNeverBreaksAMask) {
  Rng rng(kSeed);
  std::array<int, 14> seen{};
  for (int round = 0; round < kCases; ++round) {
    const RandomCase c = random_case(rng);
    const Decision decision = c.decide();
    ASSERT_EQ(decision.verdicts.size(), c.experts.size());
    std::vector<std::size_t> allowed;
    for (std::size_t i = 0; i < c.experts.size(); ++i) {
      const Verdict mask = mask_by_hand(c, i);
      const bool eligible = !c.options.pinned || c.options.pinned->index() == i;
      if (mask == Verdict::chosen && eligible) allowed.push_back(i);
      if (mask != Verdict::chosen) {
        ASSERT_EQ(decision.verdicts[i].verdict, mask) << round;
      }
    }
    std::ranges::sort(allowed,
                      [&](std::size_t a, std::size_t b) { return before_by_hand(c, a, b); });
    ASSERT_EQ(decision.plan.size(), std::min(allowed.size(), c.options.plan_size_max)) << round;
    for (std::size_t rank = 0; rank < allowed.size(); ++rank) {
      const Verdict expected = rank >= decision.plan.size() ? Verdict::dominated
                               : rank == 0                  ? Verdict::chosen
                                                            : Verdict::fallback;
      ASSERT_EQ(decision.verdicts[allowed[rank]].verdict, expected) << round;
      if (rank < decision.plan.size()) {
        ASSERT_EQ(decision.plan[rank].index(), allowed[rank]) << round;
      }
    }
    for (const auto& verdict : decision.verdicts) ++seen[static_cast<std::size_t>(verdict.verdict)];
  }
  // The generator reaches every verdict that decide() can give.
  for (const Verdict verdict :
       {Verdict::chosen, Verdict::fallback, Verdict::dominated, Verdict::too_dear,
        Verdict::over_budget, Verdict::not_cleared, Verdict::lacks_capability,
        Verdict::context_too_short, Verdict::unhealthy, Verdict::busy, Verdict::unpriced,
        Verdict::wrong_zone, Verdict::too_slow, Verdict::not_in_model}) {
    EXPECT_GT(seen[static_cast<std::size_t>(verdict)], kCases / 100) << to_string(verdict);
  }
}

TEST(Decide, DoesNotDependOnTheOrderOfTheExperts) {
  Rng rng(kSeed + 1);
  for (int round = 0; round < kCases; ++round) {
    const RandomCase c = random_case(rng);
    std::vector<std::size_t> order(c.experts.size());
    std::iota(order.begin(), order.end(), 0U);
    rng.shuffle(std::span(order));
    RandomCase shuffled = c;
    const auto place_of = [&](ExpertId expert) {
      const auto at = std::ranges::find(order, expert.index());
      return ExpertId{static_cast<std::int32_t>(at - order.begin())};
    };
    if (c.options.pinned) shuffled.options.pinned = place_of(*c.options.pinned);
    if (c.tradeoff.anchor) shuffled.tradeoff.anchor = place_of(*c.tradeoff.anchor);
    if (c.options.incumbent) {
      shuffled.options.incumbent->expert = place_of(c.options.incumbent->expert);
    }
    for (ExpertId& member : shuffled.only) member = place_of(member);
    for (std::size_t i = 0; i < order.size(); ++i) {
      shuffled.experts[i] = c.experts[order[i]];
      shuffled.predictions[i] = c.predictions[order[i]];
      shuffled.health[i] = c.health[order[i]];
    }
    const Decision before = c.decide();
    const Decision after = shuffled.decide();
    ASSERT_EQ(before.plan.size(), after.plan.size());
    for (std::size_t rank = 0; rank < before.plan.size(); ++rank) {
      ASSERT_EQ(c.experts[before.plan[rank].index()].name,
                shuffled.experts[after.plan[rank].index()].name)
          << round;
    }
  }
}

TEST(Decide, ADearerExpertNeverRisesAndABetterOneNeverFalls) {
  Rng rng(kSeed + 2);
  for (int round = 0; round < kCases; ++round) {
    RandomCase c = random_case(rng);
    if (c.experts.empty()) continue;
    const std::size_t expert = rng.below(c.experts.size());
    const std::size_t before = rank_in(c.decide(), expert);
    RandomCase better = c;
    better.predictions[expert].quality += static_cast<double>(1 + rng.below(3)) / 5.0;
    ASSERT_LE(rank_in(better.decide(), expert), before) << round;
    if (!c.predictions[expert].cost) continue;
    *c.predictions[expert].cost += Usd{static_cast<std::int64_t>(1 + rng.below(3)) * 500'000};
    ASSERT_GE(rank_in(c.decide(), expert), before) << round;
  }
}

TEST(Decide, BreaksTiesByCostThenByTimeThenByName) {
  std::vector<Expert> experts(5, expert_of());
  for (std::size_t i = 0; i < experts.size(); ++i) experts[i].name = std::string(1, "eadcb"[i]);
  std::vector<Prediction> predictions{prediction_of(0.5, 30), prediction_of(0.5, 10),
                                      prediction_of(0.5, 20), prediction_of(0.5, 10),
                                      prediction_of(0.5, 10)};
  predictions[3].total = std::chrono::milliseconds(200);
  predictions[4].total = std::chrono::milliseconds(200);
  const Decision decision =
      decide(predictions, experts, query_of(PrivacyClass::public_), {}, {.plan_size_max = 5});
  std::string order;
  for (const ExpertId expert : decision.plan) order += experts[expert.index()].name;
  EXPECT_EQ(order, "bcade");  // b and c are fast, a's time is unknown; d and e cost more
}

TEST(Decide, APinnedExpertMustPassTheMasksToo) {
  const std::vector<Expert> experts{expert_of(PrivacyClass::public_), expert_of()};
  const std::vector<Prediction> predictions{prediction_of(0.9, 10), prediction_of(0.1, 10)};
  const Query secret = query_of(PrivacyClass::restricted);
  const Decision refused = decide(predictions, experts, secret, {}, {.pinned = ExpertId{0}});
  EXPECT_TRUE(refused.plan.empty());
  EXPECT_EQ(refused.verdicts[0].verdict, Verdict::not_cleared);
  EXPECT_EQ(refused.verdicts[1].verdict, Verdict::dominated);
  const Decision granted = decide(predictions, experts, secret, {}, {.pinned = ExpertId{1}});
  ASSERT_EQ(granted.plan.size(), 1U);
  EXPECT_EQ(granted.plan[0].value, 1);
}

// Two turns into a conversation: the other expert is 0.05 better, at the same price.
TEST(Decide, LeavesAConversationsExpertOnlyForMoreThanTheLostCacheAndTheHandoff) {
  std::vector<Expert> experts(2, expert_of());
  experts[0].prices->cached_input = {250'000};  // a quarter of new input
  const std::vector<Prediction> predictions{prediction_of(0.80, 2'000'000),
                                            prediction_of(0.85, 2'000'000)};
  const Usd cache = cache_saving(experts[0], 2'000);
  EXPECT_EQ(cache, Usd{1'500'000});  // 2,000 tokens at 0.75 USD per million
  struct Row {
    double quality_per_usd;
    Usd cache;
    double handoff;
    std::int32_t first;
  };
  for (const Row& row :
       {Row{0.0, cache, 0.0, 1},  // money does not count, nor does the cache
        Row{0.0, cache, 0.04, 1}, Row{0.0, cache, 0.06, 0},
        Row{30.0, cache, 0.0, 1},  // worth 0.045
        Row{40.0, cache, 0.0, 0}, Row{30.0, cache, 0.01, 0}, Row{30.0, Usd{}, 0.01, 1}}) {
    const Decision decision = decide(predictions, experts, query_of(PrivacyClass::public_),
                                     {.quality_per_usd = row.quality_per_usd},
                                     {.incumbent = Incumbent{ExpertId{0}, row.cache, row.handoff}});
    EXPECT_EQ(decision.plan.front().value, row.first) << row.quality_per_usd << " " << row.handoff;
  }
}

TEST(Decide, AConversationsExpertMustStillPassTheMasks) {
  const std::vector<Expert> experts{expert_of(PrivacyClass::public_), expert_of()};
  const std::vector<Prediction> predictions{prediction_of(0.9, 10), prediction_of(0.1, 10)};
  const DecideOptions options{.incumbent = Incumbent{ExpertId{0}, Usd{1'000'000'000}, 1.0}};
  const Decision decision =
      decide(predictions, experts, query_of(PrivacyClass::internal), {}, options);
  ASSERT_EQ(decision.plan.size(), 1U);
  EXPECT_EQ(decision.plan.front(), ExpertId{1});
}

TEST(CacheSaving, IsNothingWithoutAPriceOrADiscount) {
  Expert expert = expert_of();
  EXPECT_EQ(cache_saving(expert, 1'000), Usd{});
  expert.prices->cached_input = {2'000'000};  // dearer: no reason to stay
  EXPECT_EQ(cache_saving(expert, 1'000), Usd{});
  expert.prices.reset();
  EXPECT_EQ(cache_saving(expert, 1'000), Usd{});
}

TEST(Decide, GoesByAnExpertsOwnTokenizerWhereItHasOne) {
  std::vector<Expert> experts{expert_of(), expert_of()};
  experts[0].context_tokens = experts[1].context_tokens = 1'000;
  const std::vector<Prediction> predictions{prediction_of(0.9, 10), prediction_of(0.5, 10)};
  Query query = query_of(PrivacyClass::public_);
  query.prompt_tokens = 990;
  query.counted_tokens = {1'001, 0};
  EXPECT_EQ(decide(predictions, experts, query, {}).verdicts[0].verdict,
            Verdict::context_too_short);
  EXPECT_EQ(decide(predictions, experts, query, {}).verdicts[1].verdict, Verdict::chosen);
  query.counted_tokens = {900, 0};
  EXPECT_EQ(decide(predictions, experts, query, {}).verdicts[0].verdict, Verdict::chosen);
}

// What images come to their expert knows: only what they surely are is a wall.
TEST(Decide, ImagesAreCountedAtTheirLeastForTheContext) {
  std::vector<Expert> experts{expert_of()};
  experts[0].context_tokens = 8'192;
  const std::vector<Prediction> predictions{prediction_of(0.9, 10)};
  Query query = query_of(PrivacyClass::public_);
  query.prompt_tokens = 9'700;
  EXPECT_EQ(decide(predictions, experts, query, {}).verdicts[0].verdict,
            Verdict::context_too_short);
  query.media_tokens_spare = 9'000;
  EXPECT_EQ(decide(predictions, experts, query, {}).verdicts[0].verdict, Verdict::chosen);
}

TEST(Decide, AHugeOutputLimitDoesNotOverflowIntoTheContext) {
  std::vector<Expert> experts{expert_of()};
  experts[0].context_tokens = 8'192;
  const std::vector<Prediction> predictions{prediction_of(0.9, 10)};
  Query query = query_of(PrivacyClass::public_);
  query.prompt_tokens = 10;
  query.output_tokens_max = std::numeric_limits<std::int64_t>::max();
  const Decision decision = decide(predictions, experts, query, {});
  EXPECT_TRUE(decision.plan.empty());
  EXPECT_EQ(decision.verdicts[0].verdict, Verdict::context_too_short);
}

TEST(Decide, APredictionThatIsNotANumberNeverWins) {
  const std::vector<Expert> experts(3, expert_of());
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<Prediction> predictions{prediction_of(nan, 1), prediction_of(0.0, 9),
                                            prediction_of(nan, 0)};
  const Decision decision = decide(predictions, experts, query_of(PrivacyClass::public_), {});
  ASSERT_EQ(decision.plan.size(), 3U);
  EXPECT_EQ(decision.plan[0].value, 1);
  EXPECT_EQ(decision.plan[1].value, 2);
}

TEST(Decide, WithoutExpertsNobodyMayAnswer) {
  const Decision decision = decide({}, {}, Query{}, {});
  EXPECT_TRUE(decision.plan.empty());
  EXPECT_TRUE(decision.verdicts.empty());
}

TEST(ExpectedCost, IsTokensTimesPrices) {
  Expert expert = expert_of();
  expert.prices = Prices{{200'000}, {100'000}, {600'000}};  // 0.2 and 0.6 USD per million tokens
  struct Row {
    std::int64_t prompt;
    double output;
    std::int64_t nano;
  };
  for (const Row& row : {Row{0, 0.0, 0}, Row{1'000, 0.0, 200'000}, Row{0, 0.5, 300},
                         Row{1'000, 100.0, 260'000}, Row{1, 0.001, 201}}) {
    SCOPED_TRACE(row.nano);
    EXPECT_EQ(expected_cost(expert, row.prompt, row.output), Usd{row.nano});
  }
  EXPECT_EQ(expected_cost(expert, std::int64_t{1} << 62U, 1e300), Usd::max());
  expert.prices.reset();
  EXPECT_EQ(expected_cost(expert, 1'000, 100.0), std::nullopt);
}

TEST(Decide, PassesOverWhoeverHasRefusedAPromptOfThisLength) {
  const std::array experts{expert_of(), expert_of()};
  const std::array predictions{prediction_of(0.9, 1), prediction_of(0.5, 1)};
  const std::array<bool, 2> takes_length{false, true};
  DecideOptions options;
  options.takes_length = takes_length;
  const Decision decision =
      decide(predictions, experts, query_of(PrivacyClass::public_), {}, options);
  EXPECT_EQ(decision.verdicts[0].verdict, Verdict::context_too_short);
  ASSERT_EQ(decision.plan.size(), 1U);
  EXPECT_EQ(decision.plan.front(), ExpertId{1});
}

TEST(DecideDeathTest, WhatIsKnownOfExpertsIsKnownOfEveryOneOrOfNone) {
  const std::array experts{expert_of(), expert_of()};
  const std::array predictions{prediction_of(0.9, 1), prediction_of(0.5, 1)};
  const std::array<bool, 1> one{false};
  const auto decided = [&](const DecideOptions& options) {
    (void)decide(predictions, experts, query_of(PrivacyClass::public_), {}, options);
  };
  EXPECT_DEATH(decided({.healthy = one}), "the health of every expert or of none");
  EXPECT_DEATH(decided({.busy = one}), "whether every expert is busy");
  EXPECT_DEATH(decided({.takes_length = one}), "whether every expert takes the length");
}

}  // namespace
}  // namespace ooe::policy
