#include "predictor/expert_prior.h"

#include <gtest/gtest.h>

#include "base/rng.h"

namespace ooe::predictor {
namespace {

learn::MatrixRowsF normals(Eigen::Index n, Eigen::Index d, Rng& rng) {
  learn::MatrixRowsF matrix(n, d);
  for (Eigen::Index i = 0; i < n; ++i) {
    for (Eigen::Index k = 0; k < d; ++k) matrix(i, k) = static_cast<float>(rng.normal());
  }
  return matrix;
}

// Factors that the text half tells: f = B'g + what it does not.
TEST(ExpertPrior, ExpectsFactorsAsTheTextTellsThem) {
  Rng rng(1);
  const learn::MatrixRowsF g = normals(4'000, 2, rng);
  Eigen::MatrixXf b(2, 1);
  b << 0.7F, -0.4F;
  learn::MatrixRowsF f = g * b + 0.5F * normals(4'000, 1, rng);
  f.array() += 0.2F;
  const ExpertPrior prior =
      fit_expert_prior(g, f, Eigen::MatrixXd::Constant(5, 2, 0.5), Eigen::MatrixXd::Zero(5, 3));
  ASSERT_EQ(prior.factors_of_direction.rows(), 3);
  ASSERT_EQ(prior.factors_of_direction.cols(), 2);
  EXPECT_NEAR(prior.factors_of_direction(0, 0), 1.0, 1e-5) << "a constant is a constant";
  EXPECT_NEAR(prior.factors_of_direction(0, 1), 0.2, 0.03);
  EXPECT_NEAR(prior.factors_of_direction(1, 1), 0.7, 0.03);
  EXPECT_NEAR(prior.factors_of_direction(2, 1), -0.4, 0.03);
}

// Experts whose level and slopes are what their loadings say, and one slope's own scatter on top.
TEST(ExpertPrior, TellsWhatExpertsShareFromWhatIsTheirOwn) {
  Rng rng(2);
  const learn::MatrixRowsF g = normals(2'000, 2, rng);
  const learn::MatrixRowsF f = g.leftCols(1);  // the text tells it whole: A is known
  constexpr Eigen::Index kExperts = 2'000;
  constexpr double kLevelSd = 0.1;
  constexpr double kOwnSd = 0.05;
  Eigen::MatrixXd by_factors(kExperts, 2);
  Eigen::MatrixXd by_directions(kExperts, 3);
  for (Eigen::Index j = 0; j < kExperts; ++j) {
    by_factors.row(j) << 0.6 + kLevelSd * rng.normal(), 0.3;
    by_directions.row(j) << by_factors(j, 0), by_factors(j, 1), kOwnSd * rng.normal();
  }
  const ExpertPrior prior = fit_expert_prior(g, f, by_factors, by_directions);
  EXPECT_NEAR(prior.by_factors.mean[0], 0.6, 0.01);
  EXPECT_NEAR(prior.by_factors.covariance(0, 0), kLevelSd * kLevelSd, 0.002);
  EXPECT_TRUE(prior.deviations.mean.isZero());
  EXPECT_NEAR(prior.deviations.covariance(2, 2), kOwnSd * kOwnSd, 0.0005);
  EXPECT_LT(prior.deviations.covariance(1, 1), 1e-5) << "explained by the loading";
}

TEST(ExpertPrior, OfOneExpertAndNoQuestionIsStillInvertible) {
  const ExpertPrior prior =
      fit_expert_prior(learn::MatrixRowsF(0, 0), learn::MatrixRowsF(0, 0),
                       Eigen::MatrixXd::Constant(1, 1, 0.5), Eigen::MatrixXd::Constant(1, 1, 0.5));
  EXPECT_GT(prior.by_factors.covariance(0, 0), 0.0);
  EXPECT_GT(prior.deviations.covariance(0, 0), 0.0);
  EXPECT_TRUE(prior.factors_of_direction.allFinite());
}

}  // namespace
}  // namespace ooe::predictor
