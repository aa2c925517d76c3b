#include "evaluate/within_budget.h"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/rng.h"

namespace ooe::evaluate {
namespace {

using ::testing::HasSubstr;
using universe::Objective;

struct BudgetCase {
  OutcomeMatrix outcomes;
  std::vector<float> cost_usd;
  std::vector<Prediction> predictions;
};

// Dear experts are better, and predicted to be better still.
BudgetCase dear_is_better(Rng& rng, std::size_t n, std::size_t m) {
  BudgetCase c;
  for (std::size_t i = 0; i < m; ++i) c.outcomes.experts.push_back("e" + std::to_string(i));
  for (std::size_t query = 0; query < n; ++query) {
    c.outcomes.question_ids.push_back("q" + std::to_string(query));
    for (std::size_t i = 0; i < m; ++i) {
      const double usd = 1e-4 * std::pow(4.0, static_cast<double>(i)) * (0.5 + rng.uniform());
      const double skill = rng.uniform();
      c.outcomes.score.push_back(rng.uniform() < skill ? 1.0F : 0.0F);
      c.cost_usd.push_back(static_cast<float>(usd));
      Prediction prediction;
      prediction.quality = 0.7 * skill + 0.05 * static_cast<double>(i);
      prediction.cost = usd_from_double(usd);
      c.predictions.push_back(prediction);
    }
  }
  return c;
}

TEST(BestWithin, StaysWithinTheBudgetAndMoreNeverBuysAWorseUniverse) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(seed);
    Rng rng(seed);
    const BudgetCase c = dear_is_better(rng, 60, 2 + rng.below(5));
    universe::SelectOptions options;
    options.objective = seed % 3 == 0 ? Objective::oracle : Objective::predictable;
    options.size_max = 1 + rng.below(4);
    if (seed % 2 == 0) options.tried_max = 0;
    double last = 0.0;
    for (double usd_per_1k = 0.2; usd_per_1k < 1e3; usd_per_1k *= 1.7) {
      const auto found = best_within(c.outcomes, c.cost_usd, c.predictions, options, usd_per_1k);
      ASSERT_TRUE(found.has_value());
      EXPECT_LE(found->figures.usd_per_1k, usd_per_1k);
      EXPECT_GE(found->figures.score, last - 1e-6) << usd_per_1k;
      last = found->figures.score;

      // The figures are those of the universe at the trade-off.
      const auto utilities =
          *universe::utilities(c.outcomes, c.cost_usd, c.predictions, found->quality_per_usd);
      std::vector<ExpertId> set;
      for (const auto& member : found->universe.members) set.push_back(member.expert);
      const auto asked = options.objective == Objective::oracle
                             ? universe::oracle_answers(utilities, set)
                             : universe::predictable_answers(utilities, set);
      double score = 0.0;
      for (std::size_t query = 0; query < asked.size(); ++query) {
        score += c.outcomes.row(query)[asked[query].index()] / static_cast<double>(asked.size());
      }
      EXPECT_NEAR(found->figures.score, score, 1e-9);
    }
  }
}

// Two experts, of whom the dear one is right more often, at costs that spread around these.
BudgetCase cheap_and_dear(double spread) {
  Rng rng(7);
  BudgetCase c;
  c.outcomes.experts = {"cheap", "dear"};
  for (std::size_t query = 0; query < 500; ++query) {
    c.outcomes.question_ids.push_back("q" + std::to_string(query));
    for (const bool dear : {false, true}) {
      const double usd = (dear ? 0.10 : 0.05) * (1.0 + spread * (rng.uniform() - 0.5));
      c.outcomes.score.push_back(rng.uniform() < (dear ? 0.7 : 0.4) ? 1.0F : 0.0F);
      c.cost_usd.push_back(static_cast<float>(usd));
      c.predictions.push_back(
          {.quality = dear ? 0.7 : 0.4, .cost = usd_from_double(dear ? 0.10 : 0.05)});
    }
  }
  return c;
}

double mean_score(const BudgetCase& c, std::size_t expert) {
  double sum = 0.0;
  for (std::size_t query = 0; query < c.outcomes.n_queries(); ++query) {
    sum += double{c.outcomes.row(query)[expert]};
  }
  return sum / static_cast<double>(c.outcomes.n_queries());
}

// At the dearest trade-off a utility is millions of points below 0, and its score a last digit.
TEST(BestWithin, TheScoreIsThatOfTheAnswersHoweverDearMoneyIs) {
  for (const double spread : {0.0, 0.5}) {
    SCOPED_TRACE(spread);
    const BudgetCase c = cheap_and_dear(spread);
    for (const double usd_per_1k : {52.0, 99.0, 102.0, 200.0, 1000.0}) {
      SCOPED_TRACE(usd_per_1k);
      const std::size_t best = usd_per_1k < 100.0 ? 0 : 1;
      const auto found = best_within(c.outcomes, c.cost_usd, c.predictions, {}, usd_per_1k);
      ASSERT_TRUE(found.has_value());
      ASSERT_EQ(found->universe.members.size(), 1U);
      EXPECT_EQ(found->universe.members[0].expert.index(), best);
      EXPECT_NEAR(found->figures.score, mean_score(c, best), 1e-9);
    }
    const auto utilities = *universe::utilities(c.outcomes, c.cost_usd, c.predictions, 1e9);
    const auto universe = *universe::select(utilities, c.outcomes.experts, {});
    const auto figures = selection_figures(utilities, c.outcomes.experts, universe, {}, c.cost_usd,
                                           {.resamples = 10, .seed = 1});
    EXPECT_NEAR(figures.score, mean_score(c, 0), 1e-9);
  }
}

TEST(BestWithin, SaysWhatCannotBe) {
  Rng rng(1);
  BudgetCase c = dear_is_better(rng, 20, 3);
  EXPECT_THAT(best_within(c.outcomes, c.cost_usd, c.predictions, {}, 1e-6).error().message,
              HasSubstr("the cheapest found costs 0."));
  c.cost_usd[4] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_FALSE(best_within(c.outcomes, c.cost_usd, c.predictions, {}, 1e6).has_value());
}

}  // namespace
}  // namespace ooe::evaluate
