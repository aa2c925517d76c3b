#include "report/evaluation_text.h"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/rng.h"
#include "report/evaluation_json.h"
#include "tests/report/golden.h"

namespace ooe::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Four simulated experts, each with a subject; the predictor sees the subject through some noise.
struct Pool {
  Dataset data;
  std::vector<Prediction> predictions;
};

Pool pool(bool prices, bool gaps) {
  static const std::vector<std::pair<std::string, double>> kExperts{
      {"giant-general-1-preview", 10.0}, {"maths-7b", 0.2}, {"law-13b", 0.4}, {"small-8b", 0.1}};
  static const double kSkill[4][3] = {
      {0.85, 0.80, 0.86}, {0.9, 0.35, 0.45}, {0.4, 0.86, 0.5}, {0.55, 0.5, 0.6}};
  Pool pool;
  Rng rng(7);
  for (const auto& [name, usd] : kExperts) {
    pool.data.outcomes.experts.push_back(name);
    pool.data.prices.emplace_back();
    if (prices)
      pool.data.prices.back() = Prices{*token_price(usd), *token_price(usd), *token_price(3 * usd)};
  }
  for (std::size_t query = 0; query < 600; ++query) {
    pool.data.outcomes.question_ids.push_back("q" + std::to_string(query));
    pool.data.texts.emplace_back(200 + rng.below(800), 'x');
    const std::size_t subject = rng.below(3);
    for (std::size_t expert = 0; expert < kExperts.size(); ++expert) {
      const double skill = kSkill[expert][subject];
      const bool gap = gaps && rng.below(3) == 0;
      pool.data.outcomes.score.push_back(gap ? kNotMeasured : rng.uniform() < skill ? 1.0F : 0.0F);
      Prediction prediction;
      prediction.quality = std::clamp(skill + 0.1 * rng.normal(), 0.02, 0.98);
      prediction.output_tokens = 120.0;
      pool.predictions.push_back(prediction);
    }
  }
  return pool;
}

evaluate::Evaluation evaluation_of(const Pool& pool) {
  evaluate::EvaluateOptions options;
  options.frontier_points = 10;
  options.bootstrap.resamples = 200;
  return *evaluate::evaluate(pool.data, pool.predictions, options);
}

TEST(EvaluationText, LooksAsItLooked) {
  const auto evaluation = evaluation_of(pool(true, false));
  expect_golden("evaluation_80.txt",
                evaluation_text(evaluation, "simulated, 5 folds, seed 7", {80, false}));
  expect_golden("evaluation_120.txt",
                evaluation_text(evaluation, "simulated, 5 folds, seed 7", {120, false}));
}

TEST(EvaluationText, SaysWhatIsMissing) {
  expect_golden("evaluation_gaps_no_prices.txt",
                evaluation_text(evaluation_of(pool(false, true)), "simulated, gaps", {80, false}));
}

TEST(EvaluationText, SaysWhoIsNotCountedAsTheBestSingleExpert) {
  Pool data = pool(true, false);
  for (std::size_t row = 0; row < data.data.outcomes.n_queries(); ++row) {
    float& score = data.data.outcomes.score[data.data.outcomes.at(row, 1)];
    score = row % 3 == 0 ? 1.0F : kNotMeasured;
  }
  const auto evaluation = evaluation_of(data);
  const std::string& name = evaluation.experts[1].name;
  EXPECT_THAT(not_counted_text(evaluation),
              HasSubstr(name + " is not counted as best single with its 100.0%"));
  EXPECT_THAT(evaluation_text(evaluation, "t", {2'000, false}),
              HasSubstr(not_counted_text(evaluation)));
  const auto json = nlohmann::json::parse(evaluation_json(evaluation, "t"));
  EXPECT_EQ(json["best_single"]["not_counted"][0]["name"], name);
}

TEST(EvaluationText, StaysWithinItsWidth) {
  const auto evaluation = evaluation_of(pool(true, true));
  for (const std::size_t width : {80, 100, 120, 160}) {
    std::istringstream lines(evaluation_text(evaluation, "simulated", {width, true}));
    for (std::string line; std::getline(lines, line);)
      EXPECT_LE(display_width(line), width) << line;
  }
}

TEST(EvaluationText, UsesColoursOnlyWhenAllowed) {
  const auto evaluation = evaluation_of(pool(true, false));
  EXPECT_THAT(evaluation_text(evaluation, "t", {80, false}), Not(HasSubstr("\x1b")));
  EXPECT_THAT(evaluation_text(evaluation, "t", {80, true}), HasSubstr("\x1b[1m"));
}

TEST(EvaluationJson, HasEveryFigureAndNullForWhatDoesNotExist) {
  const auto evaluation = evaluation_of(pool(true, false));
  const auto json = nlohmann::json::parse(evaluation_json(evaluation, "t"));
  EXPECT_EQ(json["experts"].size(), 4U);
  EXPECT_EQ(json["best_single"]["name"], "giant-general-1-preview");
  EXPECT_DOUBLE_EQ(json["at_best_quality"]["accuracy"]["mean"],
                   evaluation.at_best_quality.accuracy.mean);
  EXPECT_EQ(json["frontier"].size(), evaluation.frontier.size());
  double share = 0.0;
  for (const auto& [name, part] : json["frontier"][0]["share"].items()) share += part.get<double>();
  EXPECT_NEAR(share, 1.0, 1e-9);

  auto unpriced = evaluation_of(pool(false, false));
  unpriced.experts[0].name = "bad \xff name";
  const auto without = nlohmann::json::parse(evaluation_json(unpriced, "t"));
  EXPECT_TRUE(without["experts"][0]["usd_per_1k"].is_null());
  EXPECT_TRUE(without["at_best_single_cost"].is_null());
  EXPECT_EQ(without["unpriced"].size(), 4U);
}

}  // namespace
}  // namespace ooe::report
