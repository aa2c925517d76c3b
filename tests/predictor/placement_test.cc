#include "predictor/placement.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <vector>

#include <Eigen/LU>
#include <gtest/gtest.h>

#include "base/rng.h"

namespace ooe::predictor {
namespace {

// Questions of a hidden difficulty, experts of a hidden strength; the last expert is the new one.
struct PlacementWorld {
  OutcomeMatrix known;
  std::vector<double> new_scores;
  double new_mean = 0.0;
};

PlacementWorld world(std::size_t n, std::size_t m, std::uint64_t seed) {
  Rng rng(seed);
  PlacementWorld w;
  std::vector<double> strength;
  for (std::size_t j = 0; j <= m; ++j) strength.push_back(rng.normal());
  for (std::size_t j = 0; j < m; ++j) w.known.experts.push_back("e" + std::to_string(j));
  for (std::size_t i = 0; i < n; ++i) {
    w.known.question_ids.push_back("q" + std::to_string(i));
    const double difficulty = 1.5 * rng.normal();
    for (std::size_t j = 0; j <= m; ++j) {
      const double p = 1.0 / (1.0 + std::exp(difficulty - strength[j]));
      const float score = rng.uniform() < p ? 1.0F : 0.0F;
      if (j < m) {
        w.known.score.push_back(rng.below(10) == 0 ? kNotMeasured : score);
      } else {
        w.new_scores.push_back(double{score});
      }
    }
  }
  w.new_mean =
      std::accumulate(w.new_scores.begin(), w.new_scores.end(), 0.0) / static_cast<double>(n);
  return w;
}

// Asks `count` more questions.
void ask(Placement& placement, const PlacementWorld& w, std::size_t count) {
  for (const std::size_t question : placement.choose(count)) {
    placement.answer(question, w.new_scores[question]);
  }
}

TEST(Placement, ChoosesEveryQuestionOnceAndThenKnowsTheMeanForCertain) {
  const PlacementWorld w = world(300, 8, 1);
  Placement placement(w.known);
  std::set<std::size_t> seen;
  while (true) {
    const auto chosen = placement.choose(7);
    if (chosen.empty()) break;
    for (const std::size_t question : chosen) {
      EXPECT_TRUE(seen.insert(question).second) << question << " twice";
      placement.answer(question, w.new_scores[question]);
    }
  }
  EXPECT_EQ(seen.size(), 300U);
  EXPECT_NEAR(placement.quality().mean, w.new_mean, 1e-9);
  EXPECT_NEAR(placement.quality().sd, 0.0, 1e-6);
}

// A promise about intervals is judged over many worlds.
TEST(Placement, StatesItsPrecisionHonestly) {
  int inside = 0;
  double error = 0.0;
  double error_of_means = 0.0;
  constexpr int kWorlds = 60;
  for (int i = 0; i < kWorlds; ++i) {
    const PlacementWorld w = world(600, 8, 100 + static_cast<std::uint64_t>(i));
    Placement placement(w.known, {.seed = static_cast<std::uint64_t>(i), .threads = 1});
    ask(placement, w, 40);
    const auto quality = placement.quality();
    if (std::abs(quality.mean - w.new_mean) <= 1.96 * quality.sd) ++inside;
    error += std::pow(quality.mean - w.new_mean, 2) / kWorlds;
    double first = 0.0;  // questions of this world come in random order
    for (std::size_t k = 0; k < 40; ++k) first += w.new_scores[k] / 40.0;
    error_of_means += std::pow(first - w.new_mean, 2) / kWorlds;
  }
  EXPECT_GE(inside, 52) << "of 60; 57 are expected";
  EXPECT_LT(error, 0.85 * error_of_means) << "what others know of the questions helps";
}

TEST(Placement, NarrowsAsAnswersComeIn) {
  const PlacementWorld w = world(500, 6, 3);
  Placement placement(w.known);
  double before = placement.quality().sd;
  for (int round = 0; round < 10; ++round) {
    ask(placement, w, 10);
    EXPECT_LT(placement.quality().sd, before);
    before = placement.quality().sd;
  }
}

// By the figure that counts: the uncertainty of the mean over all.
TEST(Placement, ChosenQuestionsNarrowMoreThanRandomOnesDo) {
  const PlacementWorld w = world(400, 10, 4);
  const auto sd_after = [&](const std::vector<std::size_t>& asked) {
    Placement placement(w.known);
    for (const std::size_t question : asked) placement.answer(question, 0.5);
    return placement.quality().sd;
  };
  Placement chosen(w.known);
  const double by_choice = sd_after(chosen.choose(10));
  Rng rng(9);
  double by_chance = 0.0;
  for (int i = 0; i < 50; ++i) {
    std::vector<std::size_t> rows(400);
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    rng.shuffle(std::span(rows));
    rows.resize(10);
    by_chance += sd_after(rows) / 50.0;
  }
  EXPECT_LT(by_choice, by_chance);
}

TEST(Placement, NeedsNoOtherExpert) {
  OutcomeMatrix nobody;
  for (int i = 0; i < 100; ++i) nobody.question_ids.push_back("q" + std::to_string(i));
  Placement placement(nobody);
  EXPECT_EQ(placement.known(), 0U);
  for (const std::size_t question : placement.choose(50)) placement.answer(question, 1.0);
  EXPECT_GT(placement.quality().mean, 0.9);
  EXPECT_GT(placement.quality().sd, 0.0);
}

TEST(Placement, ExpertsWithAFewOutcomesAreNoYardstick) {
  PlacementWorld w = world(200, 6, 5);
  for (std::size_t i = 30; i < 200; ++i) w.known.score[w.known.at(i, 2)] = kNotMeasured;
  EXPECT_EQ(Placement(w.known).known(), 5U);
}

TEST(Placement, IsTheSameForAnyNumberOfThreads) {
  const PlacementWorld w = world(3'000, 6, 6);
  Placement one(w.known, {.threads = 1});
  Placement four(w.known, {.threads = 4});
  EXPECT_EQ(one.choose(60), four.choose(60));
}

TEST(Population, GivenOutcomesIsTheConditionalGaussian) {
  const Population prior{.mean = Eigen::Vector2d(0.5, 0.2),
                         .covariance = (Eigen::Matrix2d() << 0.04, 0.01, 0.01, 0.09).finished()};
  Eigen::MatrixXd x(3, 2);
  x << 1.0, -1.0, 1.0, 0.5, 1.0, 2.0;
  const Eigen::Vector3d y(0.0, 1.0, 1.0);
  const Population posterior = given_outcomes(prior, x, y, 0.1);
  // By conditioning the joint Gaussian of b and y.
  const Eigen::Matrix3d yy =
      x * prior.covariance * x.transpose() + 0.1 * Eigen::Matrix3d::Identity();
  const Eigen::MatrixXd gain = prior.covariance * x.transpose() * yy.inverse();
  EXPECT_LT((posterior.mean - (prior.mean + gain * (y - x * prior.mean))).norm(), 1e-9);
  EXPECT_LT((posterior.covariance - (prior.covariance - gain * x * prior.covariance)).norm(), 1e-9);
}

}  // namespace
}  // namespace ooe::predictor
