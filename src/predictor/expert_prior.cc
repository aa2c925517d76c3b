#include "predictor/expert_prior.h"

#include <Eigen/Cholesky>

namespace ooe::predictor {
namespace {

constexpr double kDeviationSd = 0.01;

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
  prior.by_factors = population_by_factors(by_factors);
  const Eigen::MatrixXd deviations =
      by_directions - by_factors * prior.factors_of_direction.transpose();
  prior.deviations =
      population_of(deviations, Eigen::VectorXd::Zero(g.cols()),
                    Eigen::VectorXd::Constant(g.cols(), kDeviationSd * kDeviationSd));
  return prior;
}

}  // namespace ooe::predictor
