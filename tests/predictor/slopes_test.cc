#include "predictor/slopes.h"

#include <cmath>

#include <gtest/gtest.h>

#include "base/rng.h"

namespace ooe::predictor {
namespace {

// Orthonormal directions and experts that follow them with given slopes, plus noise.
struct SlopeWorld {
  Eigen::MatrixXd u;
  Eigen::MatrixXd residual;
};

SlopeWorld world(Eigen::Index n, const Eigen::MatrixXd& slopes, double noise, std::uint64_t seed) {
  Rng rng(seed);
  SlopeWorld w{Eigen::MatrixXd(n, slopes.rows()), Eigen::MatrixXd(n, slopes.cols())};
  for (Eigen::Index i = 0; i < w.u.size(); ++i) w.u.data()[i] = rng.normal();
  for (Eigen::Index k = 0; k < w.u.cols(); ++k) {
    for (Eigen::Index e = 0; e < k; ++e) w.u.col(k) -= w.u.col(e).dot(w.u.col(k)) * w.u.col(e);
    w.u.col(k).normalize();
  }
  for (Eigen::Index i = 0; i < w.residual.size(); ++i) w.residual.data()[i] = noise * rng.normal();
  w.residual += w.u * slopes;
  return w;
}

TEST(Slopes, AreLeastSquaresWhereNoiseIsSmall) {
  Eigen::MatrixXd slopes(2, 4);
  slopes << 3.0, 2.0, 4.0, 1.0, 0.5, -1.0, 0.0, 1.5;
  const SlopeWorld w = world(2'000, slopes, 0.001, 1);
  EXPECT_LT((fit_slopes(w.u, w.residual) - slopes).cwiseAbs().maxCoeff(), 0.02);
}

TEST(Slopes, OfPureNoiseShrinkToNothingBeyondDifficulty) {
  const SlopeWorld w = world(2'000, Eigen::MatrixXd::Zero(3, 20), 0.5, 2);
  const Eigen::MatrixXd fitted = fit_slopes(w.u, w.residual);
  const Eigen::MatrixXd raw = w.u.transpose() * w.residual;
  EXPECT_LT(fitted.bottomRows(2).norm(), 0.5 * raw.bottomRows(2).norm());
}

// An expert nobody measured is as difficult-minded as the rest, and otherwise like nobody.
TEST(Slopes, OfAnUnmeasuredExpertAreTheCommonOnes) {
  Eigen::MatrixXd slopes(2, 5);
  slopes << 3.0, 2.0, 4.0, 2.5, 3.5, 1.0, -1.0, 0.5, -0.5, 0.2;
  SlopeWorld w = world(3'000, slopes, 0.01, 3);
  w.residual.col(4).setConstant(std::nan(""));
  const Eigen::MatrixXd fitted = fit_slopes(w.u, w.residual);
  EXPECT_NEAR(fitted(0, 4), (3.0 + 2.0 + 4.0 + 2.5) / 4.0, 0.1);
  EXPECT_EQ(fitted(1, 4), 0.0);
}

TEST(Slopes, OfFewOutcomesStayNearTheCommonOnes) {
  Eigen::MatrixXd slopes(1, 6);
  slopes << 3.0, 2.0, 4.0, 2.5, 3.5, 3.0;
  SlopeWorld w = world(3'000, slopes, 0.4, 4);
  for (Eigen::Index i = 3; i < 3'000; ++i) w.residual(i, 5) = std::nan("");
  EXPECT_NEAR(fit_slopes(w.u, w.residual)(0, 5), 3.0, 1.0);
}

// What the text does not see, that some were asked the easy ones, is no answer to what it sees.
TEST(Slopes, AreNotBentByWhichQuestionsWereAsked) {
  Eigen::MatrixXd slopes(1, 6);
  slopes << 3.0, 2.0, 4.0, 2.5, 3.5, 3.0;
  SlopeWorld w = world(4'000, slopes, 0.1, 5);
  for (Eigen::Index i = 0; i < 4'000; ++i) {
    w.residual(i, 5) = w.u(i, 0) > 0.01 ? w.residual(i, 5) + 0.3 : std::nan("");
  }
  EXPECT_NEAR(fit_slopes(w.u, w.residual)(0, 5), 3.0, 1.0);
}

}  // namespace
}  // namespace ooe::predictor
