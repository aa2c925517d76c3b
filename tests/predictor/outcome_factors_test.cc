#include "predictor/outcome_factors.h"

#include <cmath>

#include <Eigen/LU>
#include <gtest/gtest.h>

#include "base/rng.h"
#include "core/outcome.h"

namespace ooe::predictor {
namespace {

// Scores from one hidden factor, a share of them blank.
struct FactorWorld {
  Eigen::MatrixXd whole;
  Eigen::MatrixXd measured;
};

FactorWorld factor_world(Eigen::Index n, Eigen::Index m, double blank, std::uint64_t seed) {
  Rng rng(seed);
  FactorWorld w{Eigen::MatrixXd(n, m), Eigen::MatrixXd(n, m)};
  for (Eigen::Index i = 0; i < n; ++i) {
    const double f = rng.normal();
    for (Eigen::Index j = 0; j < m; ++j) {
      w.whole(i, j) = 0.5 + (0.1 + 0.03 * static_cast<double>(j)) * f + 0.1 * rng.normal();
      w.measured(i, j) = rng.uniform() < blank ? std::nan("") : w.whole(i, j);
    }
  }
  return w;
}

TEST(OutcomeFactors, FillBlanksBetterThanMeansDo) {
  const FactorWorld w = factor_world(500, 6, 0.4, 1);
  const Eigen::VectorXd mean = Eigen::VectorXd::Constant(6, 0.5);
  const OutcomeFactors factors = fit_outcome_factors(w.measured, mean, 2, 2);
  const Eigen::MatrixXd filled = impute(w.measured, factors);
  double error = 0.0;
  double of_mean = 0.0;
  for (Eigen::Index i = 0; i < 500; ++i) {
    for (Eigen::Index j = 0; j < 6; ++j) {
      if (!std::isnan(w.measured(i, j))) {
        EXPECT_EQ(filled(i, j), w.measured(i, j));
        continue;
      }
      error += std::pow(filled(i, j) - w.whole(i, j), 2);
      of_mean += std::pow(0.5 - w.whole(i, j), 2);
    }
  }
  EXPECT_LT(error, 0.55 * of_mean);
}

// The posterior by the textbook: condition the joint Gaussian of factors and measured scores.
TEST(OutcomeFactors, ScoresAreTheConditionalMean) {
  OutcomeFactors model{.mean = Eigen::Vector3d(0.5, 0.6, 0.7),
                       .loadings = Eigen::MatrixXd(3, 2),
                       .noise = Eigen::Vector3d(0.1, 0.2, 0.05)};
  model.loadings << 0.3, 0.1, 0.2, -0.2, 0.1, 0.4;
  Eigen::Vector3d row(1.0, std::nan(""), 0.0);
  Eigen::MatrixXd seen(2, 2);
  seen << model.loadings.row(0), model.loadings.row(2);
  Eigen::MatrixXd covariance = seen * seen.transpose();
  covariance(0, 0) += 0.1;
  covariance(1, 1) += 0.05;
  const Eigen::VectorXd expected =
      seen.transpose() * covariance.inverse() * Eigen::Vector2d(0.5, -0.7);
  EXPECT_LT((model.scores(row) - expected).norm(), 1e-9);
  EXPECT_EQ(model.scores(Eigen::Vector3d::Constant(std::nan(""))).norm(), 0.0);
}

TEST(OutcomeFactors, AreTheSameForAnyNumberOfThreadsAndSaneForAnExpertWithoutOutcomes) {
  FactorWorld w = factor_world(3'000, 4, 0.2, 2);
  w.measured.col(3).setConstant(std::nan(""));
  const Eigen::VectorXd mean = Eigen::VectorXd::Constant(4, 0.5);
  const OutcomeFactors one = fit_outcome_factors(w.measured, mean, 3, 1);
  EXPECT_EQ(one.loadings, fit_outcome_factors(w.measured, mean, 3, 4).loadings);
  EXPECT_EQ(one.loadings.row(3).norm(), 0.0);
  EXPECT_TRUE(impute(w.measured, one).allFinite());
}

}  // namespace
}  // namespace ooe::predictor
