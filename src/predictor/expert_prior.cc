#include "predictor/expert_prior.h"

#include <utility>

#include <Eigen/Cholesky>

#include "predictor/novelty.h"

namespace ooe::predictor {
namespace {

// A handful of experts does not tell a covariance: it is mixed with one that knows only how large
// each number tends to be.
constexpr double kPriorExperts = 4.0;
constexpr double kDeviationSd = 0.01;

// Shape: experts is [m, d].
Population population_of(const Eigen::MatrixXd& experts, Eigen::VectorXd mean,
                         const Eigen::VectorXd& typical) {
  const Eigen::MatrixXd centred = experts.rowwise() - mean.transpose();
  Eigen::MatrixXd covariance = centred.transpose() * centred;
  covariance += kPriorExperts * Eigen::MatrixXd(typical.asDiagonal());
  covariance /= static_cast<double>(experts.rows()) + kPriorExperts;
  return {.mean = std::move(mean), .covariance = std::move(covariance)};
}

}  // namespace

Eigen::MatrixXd with_ones(const Eigen::Ref<const Eigen::MatrixXd>& matrix) {
  Eigen::MatrixXd wide(matrix.rows(), matrix.cols() + 1);
  wide << Eigen::VectorXd::Ones(matrix.rows()), matrix;
  return wide;
}

ExpertPrior fit_expert_prior(const learn::MatrixRowsF& directions,
                             const learn::MatrixRowsF& factors, const Eigen::MatrixXd& by_factors,
                             const Eigen::MatrixXd& by_directions) {
  ExpertPrior prior;
  const Eigen::MatrixXd g = with_ones(directions.cast<double>());
  const Eigen::MatrixXd f = with_ones(factors.cast<double>());
  const double ridge = 1e-6 * static_cast<double>(g.rows());
  const Eigen::MatrixXd gg =
      g.transpose() * g + ridge * Eigen::MatrixXd::Identity(g.cols(), g.cols());
  prior.factors_of_direction = gg.ldlt().solve(g.transpose() * f);
  Eigen::VectorXd typical = by_factors.array().square().colwise().mean().transpose() * 0.25 + 1e-4;
  typical[0] = kNovelQualitySd * kNovelQualitySd;
  prior.by_factors = population_of(by_factors, by_factors.colwise().mean().transpose(), typical);
  const Eigen::MatrixXd deviations =
      by_directions - by_factors * prior.factors_of_direction.transpose();
  prior.deviations =
      population_of(deviations, Eigen::VectorXd::Zero(g.cols()),
                    Eigen::VectorXd::Constant(g.cols(), kDeviationSd * kDeviationSd));
  return prior;
}

}  // namespace ooe::predictor
