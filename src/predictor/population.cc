#include "predictor/population.h"

#include <utility>

#include <Eigen/Cholesky>

#include "predictor/novelty.h"

namespace ooe::predictor {
namespace {

constexpr double kPriorExperts = 4.0;  // the weight of what is typical

Eigen::MatrixXd inverse(const Eigen::MatrixXd& matrix) {
  return matrix.llt().solve(Eigen::MatrixXd::Identity(matrix.rows(), matrix.cols()));
}

}  // namespace

Population population_of(const Eigen::MatrixXd& experts, Eigen::VectorXd mean,
                         const Eigen::VectorXd& typical) {
  const Eigen::MatrixXd centred = experts.rowwise() - mean.transpose();
  Eigen::MatrixXd covariance = centred.transpose() * centred;
  covariance += kPriorExperts * Eigen::MatrixXd(typical.asDiagonal());
  covariance /= static_cast<double>(experts.rows()) + kPriorExperts;
  return {.mean = std::move(mean), .covariance = std::move(covariance)};
}

Population population_by_factors(const Eigen::MatrixXd& by_factors) {
  Eigen::VectorXd typical = by_factors.array().square().colwise().mean().transpose() * 0.25 + 1e-4;
  typical[0] = kNovelQualitySd * kNovelQualitySd;
  return population_of(by_factors, by_factors.colwise().mean().transpose(), typical);
}

Population given_outcomes(const Population& prior, const Eigen::MatrixXd& x,
                          const Eigen::VectorXd& y, double noise_variance) {
  const Eigen::MatrixXd precision = inverse(prior.covariance);
  Population posterior;
  posterior.covariance = inverse(x.transpose() * x / noise_variance + precision);
  posterior.mean =
      posterior.covariance * (x.transpose() * y / noise_variance + precision * prior.mean);
  return posterior;
}

}  // namespace ooe::predictor
