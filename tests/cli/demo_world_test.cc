// The demo's claim, on the demo's own world: routing beats the best single simulated expert at
// equal or lower cost, on questions the predictor has not seen. Without HTTP, so that a world
// takes seconds; tests/e2e and the demo itself go the whole way.
#include <algorithm>
#include <filesystem>
#include <vector>

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "cli/simulation_config.h"
#include "core/query.h"
#include "dataset/question_file.h"
#include "evaluate/evaluate.h"
#include "predictor/train.h"
#include "simulate/simulation.h"
#include "tests/worlds.h"

namespace ooe::cli {
namespace {

class DemoWorld : public ::testing::Test {
 protected:
  void SetUp() override {
    auto config = load_simulation_config(OOE_SOURCE_DIR "/examples/demo/simulate.toml");
    ASSERT_TRUE(config.has_value()) << config.error().message;
    config_ = std::move(*config);
    for (const std::string& file : config_.questions) {
      auto questions = dataset::load_questions(file);
      ASSERT_TRUE(questions.has_value()) << questions.error().message;
      std::ranges::move(*questions, std::back_inserter(questions_));
    }
  }

  evaluate::Evaluation evaluate_seed(std::uint64_t seed) {
    config_.options.seed = seed;
    Dataset data;
    data.questions = questions_;
    for (const Question& question : questions_) {
      data.texts.push_back(presented_text(question));
      data.query_ids.push_back(query_id(data.texts.back()));
    }
    data.outcomes = *simulate::direct_outcomes(config_.options, questions_);
    for (const auto& expert : config_.options.experts) data.prices.emplace_back(expert.prices);
    const auto crossed =
        predictor::cross_predict(data, 5, {.seed = 1, .trees = false, .rivals = false});
    EXPECT_TRUE(crossed.has_value());
    auto evaluation = evaluate::evaluate(data, crossed->prediction);
    EXPECT_TRUE(evaluation.has_value());
    return std::move(*evaluation);
  }

  SimulationConfig config_;
  std::vector<Question> questions_;
};

TEST_F(DemoWorld, RoutingBeatsTheBestSingleExpertAtEqualOrLowerCost) {
#ifndef NDEBUG
  GTEST_SKIP() << "a figure that takes minutes unoptimised; the release build measures it";
#endif
  std::vector<evaluate::Interval> gains;
  std::vector<double> savings;  // share of the best single expert's cost
  for (std::uint64_t seed = 1; seed <= n_worlds(); ++seed) {
    const auto evaluation = evaluate_seed(seed);
    ASSERT_TRUE(evaluation.at_best_single_cost.has_value());
    const auto& routed = *evaluation.at_best_single_cost;
    gains.push_back(routed.gain);
    savings.push_back(1.0 - routed.usd_per_1k.mean / evaluation.best_single_usd_per_1k.mean);
    fmt::print(
        "seed {:2}: best single {:.1f}%, routed {:.1f}%, gain {:+.1f} [{:+.1f}, {:+.1f}], cost "
        "{:+.0f}%\n",
        seed, 100 * evaluation.best_single_accuracy.mean, 100 * routed.accuracy.mean,
        100 * routed.gain.mean, 100 * routed.gain.low, 100 * routed.gain.high,
        -100 * savings.back());
  }
  std::ranges::sort(gains, {}, &evaluate::Interval::mean);
  std::ranges::sort(savings);
  const evaluate::Interval& median =
      gains[(gains.size() - 1) / 2];  // the lower one of the two in the middle
  EXPECT_GT(median.mean, 0.0);
  EXPECT_GT(median.low, 0.0) << "the median seed's gain is beyond its own noise";
  EXPECT_GE(savings.front(), 0.0) << "no seed pays more than the best single expert";
}

}  // namespace
}  // namespace ooe::cli
