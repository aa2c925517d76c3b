#include "evaluate/metrics.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.h"

namespace ooe::evaluate {
namespace {

// Every pair of answers, as the definition reads.
double auc_by_pairs(const std::vector<double>& p, const std::vector<double>& s) {
  double won = 0.0;
  double all = 0.0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    for (std::size_t j = 0; j < p.size(); ++j) {
      const double weight = s[i] * (1.0 - s[j]);
      all += weight;
      won += weight * (p[i] > p[j] ? 1.0 : p[i] == p[j] ? 0.5 : 0.0);
    }
  }
  return won / all;
}

TEST(Metrics, AucAgreesWithCountingPairs) {
  Rng rng(1);
  for (int round = 0; round < 300; ++round) {
    std::vector<double> p{0.5, 0.5};
    std::vector<double> s{0.0, 1.0};
    for (std::size_t i = rng.below(30); i > 0; --i) {
      p.push_back(static_cast<double>(rng.below(6)) / 5.0);
      s.push_back(static_cast<double>(rng.below(3)) / 2.0);
    }
    EXPECT_NEAR(auc(p, s), auc_by_pairs(p, s), 1e-12);
  }
}

TEST(Metrics, WorkedByHand) {
  const std::vector<double> p{0.9, 0.2, 0.6, 0.6};
  const std::vector<double> s{1.0, 0.0, 0.0, 1.0};
  EXPECT_NEAR(log_loss(p, s), -(std::log(0.9) + std::log(0.8) + std::log(0.4) + std::log(0.6)) / 4,
              1e-12);
  EXPECT_NEAR(brier(p, s), (0.01 + 0.04 + 0.36 + 0.16) / 4, 1e-12);
  EXPECT_NEAR(auc(p, s), 3.5 / 4, 1e-12);
  // Bins of a fifteenth: 0.9 alone, 0.2 alone, both 0.6 together.
  EXPECT_NEAR(calibration_error(p, s), (0.1 + 0.2 + 0.2) / 4, 1e-12);
}

TEST(Metrics, CertaintyThatIsWrongCostsALotAndNotInfinity) {
  const std::vector<double> p{0.0, 1.0};
  const std::vector<double> s{1.0, 0.0};
  EXPECT_NEAR(log_loss(p, s), -std::log(kProbabilityMin), 1e-6);
  EXPECT_DOUBLE_EQ(calibration_error(p, s), 1.0);
}

TEST(Metrics, AreNotANumberWithoutData) {
  EXPECT_TRUE(std::isnan(log_loss({}, {})));
  EXPECT_TRUE(std::isnan(brier({}, {})));
  EXPECT_TRUE(std::isnan(auc({}, {})));
  EXPECT_TRUE(std::isnan(calibration_error({}, {})));
  const std::vector<double> p{0.3, 0.4};
  const std::vector<double> right{1.0, 1.0};
  EXPECT_TRUE(std::isnan(auc(p, right)));
}

}  // namespace
}  // namespace ooe::evaluate
