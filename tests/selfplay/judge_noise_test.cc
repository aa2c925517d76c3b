#include "selfplay/judge_noise.h"

#include <gtest/gtest.h>

#include "base/rng.h"

namespace ooe::selfplay {
namespace {

// A judge that passes `a` of right answers and `b` of wrong ones.
double verdict(bool right, double a, double b, Rng& rng) {
  return rng.uniform() < (right ? a : b) ? 1.0 : 0.0;
}

TEST(JudgeNoise, VerdictsAreRightOnAverageOnceTheJudgeIsKnown) {
  Rng rng(4);
  for (const auto& [a, b] : {std::pair{1.0, 0.0}, std::pair{0.7, 0.3}, std::pair{0.95, 0.5}}) {
    JudgeNoise judge;
    for (int i = 0; i < 20'000; ++i) {
      const bool right = rng.below(2) == 0;
      judge.observe(verdict(right, a, b, rng), right);
    }
    for (const double quality : {0.2, 0.9}) {
      double sum = 0.0;
      constexpr int kAnswers = 20'000;
      for (int i = 0; i < kAnswers; ++i) {
        const bool right = rng.uniform() < quality;
        sum += judge.measure(0, 0, verdict(right, a, b, rng))->score;
      }
      EXPECT_NEAR(sum / kAnswers, quality, 0.03) << a << " " << b;
    }
  }
}

TEST(JudgeNoise, WeighsLessTheMoreItErrs) {
  const auto noise_at = [](double a, double b) {
    const JudgeNoise judge{
        .right_passed = 1'000 * a, .right = 1'000, .wrong_passed = 1'000 * b, .wrong = 1'000};
    return judge.measure(0, 0, 1.0)->noise;
  };
  EXPECT_NEAR(noise_at(1.0, 0.0), 0.25, 0.01);
  EXPECT_NEAR(noise_at(0.7, 0.3), 0.25 / 0.16, 0.05);
  EXPECT_LT(noise_at(0.9, 0.1), noise_at(0.8, 0.2));
}

TEST(JudgeNoise, SaysNothingOfAJudgeThatTellsNothing) {
  EXPECT_FALSE(JudgeNoise{}.measure(0, 0, 1.0));
  const JudgeNoise coin{.right_passed = 500, .right = 1'000, .wrong_passed = 500, .wrong = 1'000};
  EXPECT_FALSE(coin.measure(0, 0, 1.0));
  const JudgeNoise liar{.right_passed = 100, .right = 1'000, .wrong_passed = 900, .wrong = 1'000};
  EXPECT_FALSE(liar.measure(0, 0, 1.0));
}

}  // namespace
}  // namespace ooe::selfplay
