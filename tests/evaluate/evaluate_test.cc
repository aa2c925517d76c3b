#include "evaluate/evaluate.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/rng.h"
#include "core/query.h"
#include "core/token_estimate.h"
#include "evaluate/costs.h"
#include "evaluate/rows.h"

namespace ooe::evaluate {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct EvaluateCase {
  Dataset data;
  std::vector<Prediction> predictions;
};

std::string words(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += "word ";
  return text;
}

EvaluateCase random_case(Rng& rng, std::size_t n, std::size_t m, std::uint64_t gaps) {
  EvaluateCase c;
  for (std::size_t i = 0; i < m; ++i) {
    c.data.outcomes.experts.push_back("e" + std::to_string(i));
    const TokenPrice price = *token_price(0.1 * std::pow(3.0, static_cast<double>(i)));
    c.data.prices.push_back(Prices{price, price, price});
  }
  for (std::size_t query = 0; query < n; ++query) {
    c.data.outcomes.question_ids.push_back("q" + std::to_string(query));
    c.data.texts.push_back(words(rng.below(100)));
    for (std::size_t i = 0; i < m; ++i) {
      const bool gap = gaps != 0 && rng.below(gaps) == 0;
      c.data.outcomes.score.push_back(gap ? kNotMeasured : static_cast<float>(rng.below(3)) / 2.0F);
      Prediction prediction;
      prediction.quality = rng.uniform();
      prediction.output_tokens = static_cast<double>(rng.below(200));
      c.predictions.push_back(prediction);
    }
  }
  return c;
}

struct Figures {
  double accuracy = 0.0;
  double usd_per_1k = 0.0;
};

// The slow, obvious version: routes every row by the definition of utility, in plain loops.
Figures route_by_hand(const EvaluateCase& c, const std::vector<std::size_t>& rows,
                      double quality_per_usd) {
  const std::size_t m = c.data.outcomes.n_experts();
  Figures figures;
  for (const std::size_t row : rows) {
    double best = -std::numeric_limits<double>::infinity();
    double score = 0.0;
    double usd = 0.0;
    for (std::size_t i = 0; i < m; ++i) {
      if (std::isnan(c.data.outcomes.score[row * m + i])) continue;
      const double price = usd_per_million(c.data.prices[i]->input) * 1e-6;
      const double tokens = static_cast<double>(estimate_tokens(c.data.texts[row])) +
                            c.predictions[row * m + i].output_tokens;
      const double utility = c.predictions[row * m + i].quality - quality_per_usd * price * tokens;
      if (utility > best) {
        best = utility;
        score = c.data.outcomes.score[row * m + i];
        usd = price * tokens;
      }
    }
    figures.accuracy += score / static_cast<double>(rows.size());
    figures.usd_per_1k += 1e3 * usd / static_cast<double>(rows.size());
  }
  return figures;
}

TEST(Evaluate, AgreesWithTheSlowVersion) {
  Rng rng(1);
  EvaluateOptions options;
  options.frontier_points = 6;
  options.bootstrap.resamples = 20;
  for (int round = 0; round < 60; ++round) {
    SCOPED_TRACE(round);
    const std::size_t m = 2 + rng.below(4);
    const EvaluateCase c = random_case(rng, 20 + rng.below(60), m, round % 3 == 0 ? 0 : 3);
    const auto evaluation = evaluate(c.data, c.predictions, options);
    ASSERT_TRUE(evaluation.has_value());
    const Rows rows = evaluated_rows(c.data.outcomes);
    ASSERT_EQ(evaluation->n_evaluated, rows.queries.size());

    std::vector<Routed> all = evaluation->frontier;
    all.push_back(evaluation->at_best_quality);
    if (evaluation->at_best_single_cost) all.push_back(*evaluation->at_best_single_cost);
    for (const Routed& routed : all) {
      const Figures slow = route_by_hand(c, rows.queries, routed.quality_per_usd);
      EXPECT_NEAR(routed.accuracy.mean, slow.accuracy, 1e-6);
      EXPECT_NEAR(routed.usd_per_1k.mean, slow.usd_per_1k, 1e-5);
      double share = 0.0;
      for (const double part : routed.share) share += part;
      EXPECT_NEAR(share, 1.0, 1e-9);
    }
    double mix = 0.0;
    double oracle = 0.0;
    for (const std::size_t row : rows.queries) {
      double sum = 0.0;
      double best = 0.0;
      double count = 0.0;
      for (const float score : c.data.outcomes.row(row)) {
        if (std::isnan(score)) continue;
        sum += score;
        count += 1.0;
        best = std::max(best, static_cast<double>(score));
      }
      mix += sum / count / static_cast<double>(rows.queries.size());
      oracle += best / static_cast<double>(rows.queries.size());
    }
    EXPECT_NEAR(evaluation->random_mix.mean, mix, 1e-9);
    EXPECT_NEAR(evaluation->oracle.mean, oracle, 1e-9);
    for (std::size_t i = 1; i < evaluation->frontier.size(); ++i) {
      // Costs here are exactly as predicted, so the frontier must rise.
      EXPECT_GE(evaluation->frontier[i].usd_per_1k.mean,
                evaluation->frontier[i - 1].usd_per_1k.mean - 1e-6);
    }
    EXPECT_EQ(evaluation->frontier.back().quality_per_usd, 0.0);
  }
}

TEST(Evaluate, MultipliersDoNotDependOnScores) {
  Rng rng(2);
  EvaluateCase c = random_case(rng, 80, 3, 0);
  // The best single expert stays the same one; every other score is turned over.
  for (std::size_t row = 0; row < 80; ++row) c.data.outcomes.score[row * 3 + 1] = 1.0F;
  const auto before = evaluate(c.data, c.predictions);
  for (std::size_t row = 0; row < 80; ++row) {
    for (const std::size_t i : {0U, 2U}) {
      float& score = c.data.outcomes.score[row * 3 + i];
      score = 1.0F - score;
    }
  }
  const auto after = evaluate(c.data, c.predictions);
  ASSERT_TRUE(before.has_value() && after.has_value());
  EXPECT_EQ(before->best_single.value, 1);
  EXPECT_EQ(before->at_best_single_cost->quality_per_usd,
            after->at_best_single_cost->quality_per_usd);
  for (std::size_t i = 0; i < before->frontier.size(); ++i) {
    EXPECT_EQ(before->frontier[i].quality_per_usd, after->frontier[i].quality_per_usd);
    EXPECT_EQ(before->frontier[i].share, after->frontier[i].share);
  }
}

TEST(Evaluate, PerfectPredictionsReachTheOracle) {
  Rng rng(3);
  EvaluateCase c = random_case(rng, 100, 4, 0);
  for (std::size_t i = 0; i < c.predictions.size(); ++i) {
    c.predictions[i].quality = c.data.outcomes.score[i];
  }
  const auto evaluation = evaluate(c.data, c.predictions);
  ASSERT_TRUE(evaluation.has_value());
  EXPECT_DOUBLE_EQ(evaluation->at_best_quality.accuracy.mean, evaluation->oracle.mean);
  EXPECT_GT(evaluation->at_best_quality.gain.low, 0.0);
  EXPECT_NEAR(evaluation->prediction.calibration_error, 0.0, 1e-9);
}

TEST(Evaluate, DegenerateTablesAreJudgedToo) {
  struct Row {
    std::string name;
    std::size_t n;
    std::size_t m;
    float score;
  };
  for (const Row& row : {Row{"one expert", 20, 1, 1.0F}, Row{"one question", 1, 3, 1.0F},
                         Row{"all right", 20, 3, 1.0F}, Row{"all wrong", 20, 3, 0.0F}}) {
    SCOPED_TRACE(row.name);
    Rng rng(4);
    EvaluateCase c = random_case(rng, row.n, row.m, 0);
    std::ranges::fill(c.data.outcomes.score, row.score);
    for (Prediction& prediction : c.predictions) prediction.quality = 0.5;  // ties everywhere
    const auto evaluation = evaluate(c.data, c.predictions);
    ASSERT_TRUE(evaluation.has_value());
    EXPECT_DOUBLE_EQ(evaluation->at_best_quality.accuracy.mean, row.score);
    EXPECT_DOUBLE_EQ(evaluation->at_best_quality.gain.mean, 0.0);
    EXPECT_DOUBLE_EQ(evaluation->at_best_quality.share[0], 1.0);  // the cheapest of equals
    EXPECT_TRUE(std::isnan(evaluation->prediction.auc));
  }
}

TEST(Evaluate, FreeExpertsHaveACostAxisFromZero) {
  Rng rng(5);
  EvaluateCase c = random_case(rng, 50, 2, 0);
  c.data.prices[0] = Prices{};
  const auto evaluation = evaluate(c.data, c.predictions);
  ASSERT_TRUE(evaluation.has_value());
  ASSERT_FALSE(evaluation->frontier.empty());
  EXPECT_EQ(evaluation->frontier.front().usd_per_1k.mean, 0.0);
  EXPECT_GT(evaluation->frontier.back().usd_per_1k.mean, 0.0);
}

TEST(Evaluate, AnExpertNeverMeasuredIsShownAndNeverAsked) {
  Rng rng(6);
  EvaluateCase c = random_case(rng, 40, 3, 0);
  for (std::size_t row = 0; row < 40; ++row) {
    c.data.outcomes.score[row * 3 + 2] = kNotMeasured;
    c.predictions[row * 3 + 2].quality = 1.0;
  }
  c.data.prices[2].reset();
  const auto evaluation = evaluate(c.data, c.predictions);
  ASSERT_TRUE(evaluation.has_value());
  EXPECT_FALSE(evaluation->complete_rows);
  EXPECT_EQ(evaluation->n_evaluated, 40U);
  EXPECT_EQ(evaluation->experts[2].n_measured, 0U);
  EXPECT_TRUE(std::isnan(evaluation->experts[2].accuracy));
  EXPECT_EQ(evaluation->at_best_quality.share[2], 0.0);
  EXPECT_TRUE(evaluation->unpriced.empty());
}

TEST(Evaluate, WithoutPricesThereIsNoCostAxis) {
  Rng rng(7);
  EvaluateCase c = random_case(rng, 20, 3, 0);
  c.data.prices[1].reset();
  const auto evaluation = evaluate(c.data, c.predictions);
  ASSERT_TRUE(evaluation.has_value());
  EXPECT_THAT(evaluation->unpriced, ElementsAre("e1"));
  EXPECT_TRUE(evaluation->frontier.empty());
  EXPECT_FALSE(evaluation->at_best_single_cost.has_value());
  EXPECT_GT(evaluation->at_best_quality.accuracy.mean, 0.0);
}

TEST(Evaluate, RoutingsCostIsUnknownWhenThatOfOneAnswerIs) {
  Rng rng(9);
  EvaluateCase c = random_case(rng, 20, 3, 0);
  for (std::size_t row = 0; row < 20; ++row) c.predictions[row * 3 + 1].quality = 0.01;
  c.predictions[1].quality = 2.0;  // asked once, the others' answers have costs
  c.data.prices[1].reset();
  auto evaluation = evaluate(c.data, c.predictions);
  ASSERT_TRUE(evaluation.has_value());
  EXPECT_DOUBLE_EQ(evaluation->at_best_quality.share[1], 0.05);
  EXPECT_TRUE(std::isnan(evaluation->at_best_quality.usd_per_1k.mean));
  EXPECT_TRUE(std::isnan(evaluation->at_best_quality.usd_per_1k.high));
  c.predictions[1].quality = 0.0;  // never asked
  evaluation = evaluate(c.data, c.predictions);
  EXPECT_GT(evaluation->at_best_quality.usd_per_1k.mean, 0.0);
}

TEST(Evaluate, TheCheaperOfEqualsIsTheBestSingleExpert) {
  Rng rng(10);
  EvaluateCase c = random_case(rng, 30, 3, 0);
  std::ranges::fill(c.data.outcomes.score, 1.0F);
  std::swap(c.data.prices[0], c.data.prices[2]);  // the first column is the dearest
  EXPECT_EQ(evaluate(c.data, c.predictions)->best_single.value, 2);
  c.data.prices[2].reset();  // unknown is not cheap
  EXPECT_EQ(evaluate(c.data, c.predictions)->best_single.value, 1);
}

// One measured on just under half of what another was, and better, is not compared, and is named.
TEST(Evaluate, TheBestSingleExpertIsMeasuredOnHalfAsMuchAsAnother) {
  Rng rng(11);
  EvaluateCase c = random_case(rng, 79, 3, 0);
  const auto score = [&](std::size_t row, std::size_t i) -> float& {
    return c.data.outcomes.score[row * 3 + i];
  };
  for (std::size_t row = 0; row < 79; ++row) {
    score(row, 0) = row % 2 == 0 ? 1.0F : 0.0F;
    score(row, 1) = 0.0F;
    score(row, 2) = row < 39 ? 1.0F : kNotMeasured;
  }
  auto evaluation = evaluate(c.data, c.predictions);
  EXPECT_EQ(evaluation->best_single.value, 0);
  ASSERT_EQ(evaluation->not_counted.size(), 1U);
  EXPECT_EQ(evaluation->not_counted[0].expert.value, 2);
  EXPECT_EQ(evaluation->not_counted[0].n_measured, 39U);
  EXPECT_EQ(evaluation->not_counted[0].n_most, 79U);
  score(39, 2) = 0.0F;  // 40 of 79
  evaluation = evaluate(c.data, c.predictions);
  EXPECT_EQ(evaluation->best_single.value, 2);
  EXPECT_TRUE(evaluation->not_counted.empty());
}

TEST(Evaluate, RefusesWhatCannotBeJudged) {
  Rng rng(8);
  EXPECT_FALSE(evaluate(Dataset{}, {}).has_value());
  EvaluateCase c = random_case(rng, 5, 2, 0);
  c.predictions[7].quality = std::nan("");
  const auto refused = evaluate(c.data, c.predictions);
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message, HasSubstr("'e1' on question 'q3'"));
  c.predictions[7].quality = 0.5;
  std::ranges::fill(c.data.outcomes.score, kNotMeasured);
  EXPECT_FALSE(evaluate(c.data, c.predictions).has_value());
}

TEST(Rows, CompleteOnesArePreferredWhileTheyAreAtLeastHalf) {
  OutcomeMatrix outcomes;
  outcomes.experts = {"a", "b", "c"};
  outcomes.question_ids = {"0", "1", "2", "3"};
  const float x = kNotMeasured;
  outcomes.score = {1, 1, 1, 1, 0, x, x, 1, x, 0, 0, 0};
  Rows rows = evaluated_rows(outcomes);
  EXPECT_TRUE(rows.complete);
  EXPECT_THAT(rows.queries, ElementsAre(0U, 3U));
  outcomes.score = {1, x, 1, 1, 0, x, x, 1, x, 0, 0, 0};
  rows = evaluated_rows(outcomes);
  EXPECT_FALSE(rows.complete);
  EXPECT_THAT(rows.queries, ElementsAre(0U, 1U, 3U));
}

TEST(Costs, RecordedBillsComeBeforeTokensAndTokensBeforeExpectations) {
  EvaluateCase c;
  c.data.outcomes.experts = {"e"};
  c.data.outcomes.question_ids = {"bill", "tokens", "nothing"};
  c.data.texts = {"", "", words(100)};
  c.data.outcomes.score = {1.0F, 1.0F, 1.0F};
  c.data.outcomes.cost_usd = {0.25F, kNotMeasured, kNotMeasured};
  c.data.outcomes.input_tokens = {kNotMeasured, 1'000.0F, kNotMeasured};
  c.data.outcomes.output_tokens = {kNotMeasured, 100.0F, kNotMeasured};
  c.data.prices = {Prices{{1'000'000}, {1'000'000}, {2'000'000}}};
  c.predictions.resize(3);
  c.predictions[2].output_tokens = 50.0;
  const auto experts = experts_of(c.data);
  const auto priced = with_costs(c.data, experts, c.predictions);
  const auto costs = realised_costs(c.data, experts, priced);
  EXPECT_FLOAT_EQ(costs[0], 0.25F);
  EXPECT_FLOAT_EQ(costs[1], 1.2e-3F);
  const std::int64_t expected = 1'000 * estimate_tokens(words(100)) + 2'000 * 50;
  EXPECT_FLOAT_EQ(costs[2], static_cast<float>(expected) * 1e-9F);
  EXPECT_EQ(priced[2].cost, Usd{expected});
}

TEST(Costs, BillsWithoutAPriceMakeOne) {
  EvaluateCase c;
  c.data.outcomes.experts = {"billed", "unknown"};
  c.data.outcomes.question_ids = {"1", "2"};
  c.data.texts = {words(100), words(300)};
  c.data.outcomes.score = {1.0F, 1.0F, 1.0F, 1.0F};
  c.data.outcomes.cost_usd = {0.001F, kNotMeasured, 0.003F, kNotMeasured};
  c.data.prices.resize(2);
  const auto experts = experts_of(c.data);
  ASSERT_TRUE(experts[0].prices.has_value());
  const std::int64_t tokens = estimate_tokens(words(100)) + estimate_tokens(words(300));
  EXPECT_NEAR(usd_per_million(experts[0].prices->input), 4'000.0 / static_cast<double>(tokens),
              1e-3);
  EXPECT_FALSE(experts[1].prices.has_value());
}

TEST(Costs, AFewBillsMakeNoPrice) {
  EvaluateCase c;
  c.data.outcomes.experts = {"e"};
  for (std::size_t query = 0; query < 10; ++query) {
    c.data.outcomes.question_ids.push_back(std::to_string(query));
    c.data.texts.push_back(words(10));
    c.data.outcomes.score.push_back(query < 8 ? 1.0F : kNotMeasured);
    c.data.outcomes.cost_usd.push_back(query < 3 || query >= 8 ? 0.2F : kNotMeasured);
  }
  c.data.prices.resize(1);
  EXPECT_FALSE(experts_of(c.data)[0].prices.has_value()) << "3 of 8 measured answers";
  c.data.outcomes.cost_usd[3] = 0.2F;
  EXPECT_TRUE(experts_of(c.data)[0].prices.has_value()) << "half of them";
}

}  // namespace
}  // namespace ooe::evaluate
