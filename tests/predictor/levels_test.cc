#include "predictor/levels.h"

#include <cmath>
#include <numeric>
#include <string>

#include <gtest/gtest.h>

#include "base/rng.h"

namespace ooe::predictor {
namespace {

// Shape: score is [n, m], row-major.
OutcomeMatrix outcomes_of(std::size_t experts, std::vector<float> score) {
  OutcomeMatrix outcomes;
  for (std::size_t j = 0; j < experts; ++j) outcomes.experts.push_back(std::to_string(j));
  outcomes.question_ids.resize(score.size() / experts);
  outcomes.score = std::move(score);
  return outcomes;
}

Levels levels_of(const OutcomeMatrix& outcomes) {
  std::vector<std::size_t> rows(outcomes.n_queries());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  return fit_levels(outcomes, rows);
}

// Right or wrong by difficulty ~ N(0, 1) and ability; `asked(difficulty, expert)` says of whom.
struct LevelWorld {
  OutcomeMatrix measured;
  std::vector<double> truth;  // [m], mean over all questions
};

template <class Asked>
LevelWorld world(std::size_t n, std::size_t m, std::uint64_t seed, Asked asked) {
  Rng rng(seed);
  std::vector<float> score;
  LevelWorld w{.measured = {}, .truth = std::vector<double>(m, 0.0)};
  for (std::size_t i = 0; i < n; ++i) {
    const double easy = rng.normal();
    for (std::size_t j = 0; j < m; ++j) {
      const double p = 0.5 + 0.04 * (static_cast<double>(j) - 2.0) + 0.2 * easy;
      const bool right = rng.uniform() < p;
      w.truth[j] += (right ? 1.0 : 0.0) / static_cast<double>(n);
      score.push_back(!asked(easy, j) ? kNotMeasured : right ? 1.0F : 0.0F);
    }
  }
  w.measured = outcomes_of(m, std::move(score));
  return w;
}

double mean_of(const OutcomeMatrix& outcomes, std::size_t expert) {
  double sum = 0.0;
  double count = 0.0;
  for (std::size_t i = 0; i < outcomes.n_queries(); ++i) {
    const float score = outcomes.score[outcomes.at(i, expert)];
    if (std::isnan(score)) continue;
    sum += double{score};
    count += 1.0;
  }
  return sum / count;
}

TEST(Levels, OfAWholeTableAreMeansShrunkByTenOutcomes) {
  const LevelWorld w = world(100, 4, 1, [](double, std::size_t) { return true; });
  const Levels levels = levels_of(w.measured);
  const double centre = std::accumulate(w.truth.begin(), w.truth.end(), 0.0) / 4.0;
  for (std::size_t j = 0; j < 4; ++j) {
    EXPECT_EQ(levels.count[j], 100U);
    EXPECT_NEAR(levels.mean[j], (100.0 * w.truth[j] + 10.0 * centre) / 110.0, 1e-3);
  }
}

TEST(Levels, SeePastWhoWasAskedTheEasyQuestions) {
  const LevelWorld w = world(4'000, 5, 2, [](double easy, std::size_t expert) {
    return expert == 0 ? easy > 0.7 : expert == 4 ? easy < -0.7 : true;
  });
  EXPECT_GT(mean_of(w.measured, 0), w.truth[0] + 0.2);
  EXPECT_LT(mean_of(w.measured, 4), w.truth[4] - 0.2);
  const Levels levels = levels_of(w.measured);
  for (std::size_t j = 0; j < 5; ++j) EXPECT_NEAR(levels.mean[j], w.truth[j], 0.04) << j;
}

TEST(Levels, MoveLittleForFewOutcomes) {
  const LevelWorld w =
      world(4'000, 3, 3, [](double easy, std::size_t expert) { return expert < 2 || easy > 2.5; });
  const Levels levels = levels_of(w.measured);
  ASSERT_LT(levels.count[2], 60U);
  EXPECT_NEAR(levels.mean[2], w.truth[2], 0.15);
}

// Nobody was asked nearly everything, or those who were did not see what this expert was asked.
TEST(Levels, AreMeansWhereNobodyCanTellHowEasyTheQuestionsWere) {
  const LevelWorld halves = world(
      2'000, 4, 4, [](double easy, std::size_t expert) { return (expert < 2) == (easy > 0.0); });
  const LevelWorld rest = world(
      2'000, 3, 5, [](double easy, std::size_t expert) { return (expert < 2) == (easy < 1.2); });
  for (const LevelWorld& w : {halves, rest}) {
    const Levels levels = levels_of(w.measured);
    for (std::size_t j = 0; j < levels.mean.size(); ++j) {
      EXPECT_NEAR(levels.mean[j], mean_of(w.measured, j), 0.02) << j;
    }
  }
}

TEST(Levels, ShrinkFewOutcomesTowardsTheMeanOfAll) {
  constexpr float kNo = kNotMeasured;
  const Levels alone = levels_of(outcomes_of(1, {1.0F, 1.0F, 1.0F}));
  EXPECT_NEAR(alone.mean[0], (3.0 + 10.0 * 0.8) / 13.0, 1e-6);
  // No question was put to two of them, and the last was asked nothing.
  const Levels apart =
      levels_of(outcomes_of(3, {1.0F, kNo, kNo, 1.0F, kNo, kNo, kNo, 0.0F, kNo, kNo, kNo, kNo}));
  EXPECT_NEAR(apart.mean[0], (2.0 + 10.0 * 0.6) / 12.0, 1e-6);
  EXPECT_NEAR(apart.mean[1], 10.0 * 0.6 / 11.0, 1e-6);
  EXPECT_NEAR(apart.mean[2], 0.6, 1e-6);
}

TEST(Levels, AreStrictlyInsideAndSaneWithoutOutcomes) {
  constexpr float kNo = kNotMeasured;
  EXPECT_EQ(levels_of(outcomes_of(2, {kNo, kNo})).mean, std::vector<double>(2, 0.5));
  EXPECT_EQ(levels_of(outcomes_of(2, {})).mean, std::vector<double>(2, 0.5));
  for (const float all : {0.0F, 1.0F}) {
    for (const double level : levels_of(outcomes_of(2, std::vector<float>(2'000, all))).mean) {
      EXPECT_GT(level, 0.0);
      EXPECT_LT(level, 1.0);
      EXPECT_NEAR(level, double{all}, 1e-3);
    }
  }
}

}  // namespace
}  // namespace ooe::predictor
