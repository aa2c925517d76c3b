#include "predictor/adapt.h"

#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/table_part.h"
#include "predictor/train.h"
#include "tests/predictor/toy_data.h"

namespace ooe::predictor {
namespace {

// Experts of different strength on questions whose difficulty their words tell: expert j is right
// when its strength and luck beat the difficulty.
Dataset graded(std::size_t n, std::size_t m, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<std::string> texts;
  std::vector<float> scores;
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t level = rng.below(5);
    std::string text = "question " + std::to_string(i);
    for (int w = 0; w < 8; ++w) {
      text += " d" + std::to_string(level) + "w" + std::to_string(rng.below(20));
    }
    texts.push_back(std::move(text));
    for (std::size_t j = 0; j < m; ++j) {
      const double strength = 0.35 + 0.5 * static_cast<double>(j) / static_cast<double>(m - 1);
      const double chance =
          std::clamp(strength + 0.15 * (2.0 - static_cast<double>(level)), 0.02, 0.98);
      scores.push_back(rng.uniform() < chance ? 1.0F : 0.0F);
    }
  }
  return dataset(std::move(texts), m, std::move(scores));
}

// `data` with only the named columns, and of column `of` only the rows below `rows`.
Dataset columns(const Dataset& data, const std::vector<std::size_t>& take, std::size_t rows) {
  Dataset part = subset_columns(data, take);
  const auto unknown = static_cast<std::ptrdiff_t>(std::min(rows, data.texts.size()) * take.size());
  std::fill(part.outcomes.score.begin() + unknown, part.outcomes.score.end(), kNotMeasured);
  part.prices.resize(take.size());
  return part;
}

// One judged fold of three: the tests, each a process, need a model and not the best of models.
Result<Model> train_quickly(const Dataset& data) {
  return train(data, {.folds = 3, .judged_min = 200, .rivals = false});
}

constexpr std::size_t kGraded = 8;
constexpr std::size_t kNew = 5;

class Adapt : public ::testing::Test {
 protected:
  static const Dataset& data() {
    static const Dataset data = graded(900, kGraded, 1);
    return data;
  }
  static const Model& without_new() {
    static const Model model = [] {
      const Dataset known = columns(data(), {0, 1, 2, 3, 4, 6, 7}, 900);
      return std::move(*train_quickly(known));
    }();
    return model;
  }
};

TEST_F(Adapt, LearnsANewExpertFromTwentyOutcomes) {
  ASSERT_EQ(without_new().card().kept.find("ridge"), 0U);
  const auto adapted = adapt(without_new(), columns(data(), {kNew}, 20));
  ASSERT_TRUE(adapted.has_value()) << adapted.error().message;
  ASSERT_EQ(adapted->card().experts.size(), kGraded);
  EXPECT_EQ(adapted->card().experts.back(), "expert 5");
  double error = 0.0;
  double mean_error = 0.0;  // of the mean of its 20 outcomes
  double own_mean = 0.0;
  for (std::size_t i = 0; i < 20; ++i)
    own_mean += double{data().outcomes.score[data().outcomes.at(i, kNew)]} / 20;
  const Dataset fresh = graded(300, kGraded, 2);
  for (std::size_t i = 0; i < 300; ++i) {
    const Prediction p = predicted(*adapted, fresh.texts[i]).back();
    const double score = double{fresh.outcomes.score[fresh.outcomes.at(i, kNew)]};
    error += std::pow(p.quality - score, 2);
    mean_error += std::pow(own_mean - score, 2);
  }
  EXPECT_LT(error, 0.95 * mean_error);
  const double easy =
      predicted(*adapted, "question 5 d0w1 d0w2 d0w3 d0w4 d0w5 d0w6 d0w7 d0w8").back().quality;
  const double hard =
      predicted(*adapted, "question 5 d4w1 d4w2 d4w3 d4w4 d4w5 d4w6 d4w7 d4w8").back().quality;
  EXPECT_GT(easy, hard + 0.2) << "difficulty is shared";
  EXPECT_GT(predicted(*adapted, "d0w1").back().quality_sd, 0.05);
}

TEST_F(Adapt, LeavesTheOthersAsTheyWere) {
  const auto adapted = adapt(without_new(), columns(data(), {kNew}, 50));
  ASSERT_TRUE(adapted.has_value());
  const auto before = predicted(without_new(), data().texts[0]);
  const auto after = predicted(*adapted, data().texts[0]);
  for (std::size_t j = 0; j < before.size(); ++j) {
    EXPECT_EQ(before[j].quality, after[j].quality);
    EXPECT_EQ(before[j].output_tokens, after[j].output_tokens);
  }
  const HeldOutSample& sample = adapted->held_out();
  EXPECT_EQ(sample.quality.size(), sample.n_queries() * kGraded);
  EXPECT_TRUE(Model::parse(adapted->serialise()).has_value());
}

// With all outcomes an adapted expert is as good as a trained one, nearly.
TEST_F(Adapt, ReachesTrainingAsOutcomesGrow) {
  const auto adapted = adapt(without_new(), columns(data(), {kNew}, 900));
  const auto trained = train_quickly(data());
  ASSERT_TRUE(adapted && trained);
  double difference = 0.0;
  for (std::size_t i = 0; i < 100; ++i) {
    difference += std::abs(predicted(*adapted, data().texts[i]).back().quality -
                           predicted(*trained, data().texts[i])[kNew].quality) /
                  100.0;
  }
  EXPECT_LT(difference, 0.05);
}

TEST_F(Adapt, MovesTheLevelOfAKnownExpert) {
  Dataset other = graded(60, kGraded, 3);
  for (float& score : other.outcomes.score) score = 0.0F;  // a benchmark on which all fail
  const auto adapted = adapt(without_new(), columns(other, {7}, 60));
  ASSERT_TRUE(adapted.has_value());
  const auto before = predicted(without_new(), data().texts[0]);
  const auto after = predicted(*adapted, data().texts[0]);
  EXPECT_LT(after[6].quality, before[6].quality - 0.2);
  EXPECT_EQ(after[0].quality, before[0].quality);
  const auto moves = level_moves(without_new(), columns(other, {7}, 60));
  ASSERT_EQ(moves.size(), 1U);
  EXPECT_EQ(moves[0].expert, "expert 7");
  EXPECT_EQ(moves[0].outcomes, 60U);
  EXPECT_LT(moves[0].by, -0.2);
  // The model keeps no list of what it counted.
  EXPECT_LT(level_moves(*adapted, columns(other, {7}, 60))[0].by, 0.0);
  // What goals are calibrated on moves with it.
  const auto mean_score = [](const Model& model, std::size_t expert) {
    const HeldOutSample& sample = model.held_out();
    const std::size_t m = model.card().experts.size();
    double sum = 0.0;
    for (std::size_t i = 0; i < sample.n_queries(); ++i) {
      sum += double{sample.score[i * m + expert]} / static_cast<double>(sample.n_queries());
    }
    return sum;
  };
  EXPECT_NEAR(mean_score(*adapted, 6), mean_score(without_new(), 6) + moves[0].by, 1e-4);
  EXPECT_EQ(mean_score(*adapted, 0), mean_score(without_new(), 0));
  for (float& score : other.outcomes.score) score = 1.0F;  // and one on which all succeed
  const auto upwards = adapt(without_new(), columns(other, {7}, 60));
  const double by = level_moves(without_new(), columns(other, {7}, 60))[0].by;
  EXPECT_GT(by, 0.0);
  EXPECT_NEAR(mean_score(*upwards, 6), std::min(1.0, mean_score(without_new(), 6) + by), 1e-4);
  EXPECT_TRUE(std::ranges::all_of(adapted->held_out().score,
                                  [](float score) { return score >= 0.0F && score <= 1.0F; }));
  EXPECT_TRUE(level_moves(without_new(), columns(other, {5}, 60)).empty()) << "a new expert";
  EXPECT_TRUE(level_moves(without_new(), columns(other, {7}, 0)).empty()) << "no outcome";
}

TEST_F(Adapt, RemovesExpertsWithoutTouchingTheRest) {
  const auto part = without_experts(without_new(), {"expert 0", "expert 4"});
  ASSERT_TRUE(part.has_value());
  EXPECT_THAT(part->card().experts,
              testing::ElementsAre("expert 1", "expert 2", "expert 3", "expert 6", "expert 7"));
  const auto before = predicted(without_new(), data().texts[1]);
  const auto after = predicted(*part, data().texts[1]);
  EXPECT_EQ(after[0].quality, before[1].quality);
  EXPECT_EQ(after[4].quality, before[6].quality);
  EXPECT_TRUE(Model::parse(part->serialise()).has_value());
  EXPECT_EQ(without_experts(without_new(), {"nobody"}).error().code, ErrorCode::not_found);
  EXPECT_EQ(without_experts(without_new(), without_new().card().experts).error().code,
            ErrorCode::invalid_argument);
}

TEST_F(Adapt, ANewExpertsAnswersAreAsLongAsThoseRecorded) {
  Dataset all = graded(300, 3, 4);
  all.outcomes.output_tokens.resize(all.outcomes.score.size());
  for (std::size_t i = 0; i < 300; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      all.outcomes.output_tokens[all.outcomes.at(i, j)] = j == 2 ? 1'000.0F : 100.0F;
    }
  }
  const auto part = [&](const std::vector<std::size_t>& take) {
    Dataset data = columns(all, take, 300);
    data.outcomes.output_tokens.clear();
    for (std::size_t i = 0; i < 300; ++i) {
      for (const std::size_t j : take) {
        data.outcomes.output_tokens.push_back(all.outcomes.output_tokens[all.outcomes.at(i, j)]);
      }
    }
    return data;
  };
  const auto trained = train_quickly(part({0, 1}));
  ASSERT_TRUE(trained.has_value());
  const auto adapted = adapt(*trained, part({2}));
  ASSERT_TRUE(adapted.has_value());
  const auto after = predicted(*adapted, all.texts[0]);
  EXPECT_NEAR(after[0].output_tokens, 100.0, 10.0);
  EXPECT_NEAR(after[2].output_tokens, 1'000.0, 100.0);
  EXPECT_NEAR(adapted->held_out().output_tokens[2], 1'000.0F, 100.0F);

  Dataset unrecorded = part({2});
  unrecorded.outcomes.output_tokens.clear();
  const auto typical = adapt(*trained, unrecorded);
  ASSERT_TRUE(typical.has_value());
  EXPECT_NEAR(predicted(*typical, all.texts[0])[2].output_tokens, 100.0, 10.0);
  EXPECT_NEAR(typical->held_out().output_tokens[2], 100.0F, 10.0F);
}

TEST_F(Adapt, CountsTheQuestionsThatTheModelWasTrainedOn) {
  const Dataset fresh = graded(50, kGraded, 7);
  EXPECT_EQ(count_trained_on(without_new(), fresh.query_ids), 0U);
  EXPECT_EQ(count_trained_on(without_new(), data().query_ids), 900U);
  std::vector<QueryId> mixed = fresh.query_ids;
  mixed.insert(mixed.end(), data().query_ids.begin(), data().query_ids.begin() + 30);
  EXPECT_EQ(count_trained_on(without_new(), mixed), 30U);
}

TEST_F(Adapt, RefusesDataWithoutOutcomes) {
  EXPECT_EQ(adapt(without_new(), columns(data(), {kNew}, 0)).error().code,
            ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace ooe::predictor
