#include "evaluate/sign_flip.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "base/nan.h"
#include "base/rng.h"

namespace ooe::evaluate {
namespace {

// Every choice of signs, counted.
double exact_chance(const std::vector<double>& differences) {
  const std::size_t k = differences.size();
  std::size_t as_high = 0;
  for (std::size_t signs = 0; signs < (std::size_t{1} << k); ++signs) {
    double lost = 0.0;
    for (std::size_t i = 0; i < k; ++i) lost += ((signs >> i) & 1U) == 0 ? 0.0 : differences[i];
    if (lost <= 1e-9) ++as_high;
  }
  return static_cast<double>(as_high) / std::pow(2.0, static_cast<double>(k));
}

TEST(SignFlip, AgreesWithAllChoicesOfSigns) {
  Rng rng(3);
  for (int round = 0; round < 20; ++round) {
    std::vector<double> differences;
    const bool graded = round % 2 == 0;  // else right and wrong
    for (int i = 0; i < 12; ++i) {
      const double size = graded ? rng.uniform() : 1.0;
      differences.push_back(rng.uniform() < 0.7 ? size : -size);
    }
    EXPECT_NEAR(sign_flip_chance(differences, rng.next()), exact_chance(differences), 0.015);
  }
}

TEST(SignFlip, LeavesOutWhatTellsNothing) {
  const std::vector<double> few{1.0, 1.0, 1.0, -1.0};
  const std::vector<double> with_gaps{0.0, 1.0, kNaN, 1.0, 0.0, 1.0, -1.0, kNaN};
  EXPECT_EQ(sign_flip_chance(few, 1), sign_flip_chance(with_gaps, 1));
  EXPECT_NEAR(sign_flip_chance(few, 1), 5.0 / 16.0, 0.015);
}

TEST(SignFlip, NothingThatDiffersIsNoLead) {
  EXPECT_EQ(sign_flip_chance({}, 1), 1.0);
  EXPECT_EQ(sign_flip_chance(std::vector<double>(50, 0.0), 1), 1.0);
}

TEST(SignFlip, IsNeverNothing) {
  EXPECT_EQ(sign_flip_chance(std::vector<double>(60, 0.3), 1, 99), 0.01);
}

// Differences whose sum is the same but for rounding are as high.
TEST(SignFlip, DoesNotCountOnRounding) {
  const std::vector<double> differences{0.1, 0.2, -0.3};
  EXPECT_NEAR(sign_flip_chance(differences, 1), exact_chance(differences), 0.015);
}

}  // namespace
}  // namespace ooe::evaluate
