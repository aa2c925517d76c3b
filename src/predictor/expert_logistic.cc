#include "predictor/expert_logistic.h"

#include <cmath>

#include "learn/as_index.h"
#include "learn/sigmoid.h"

namespace ooe::predictor {

using learn::as_index;

learn::LogisticWeights fit_expert_logistic(const OutcomeMatrix& outcomes,
                                           const std::vector<std::size_t>& seen,
                                           const learn::SparseRows& features, std::size_t expert,
                                           const ExpertLogisticOptions& options) {
  std::vector<std::size_t> measured;
  std::vector<double> score;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    const float value = outcomes.score[outcomes.at(seen[i], expert)];
    if (std::isnan(value)) continue;
    measured.push_back(i);
    score.push_back(double{value});
  }
  const auto n = as_index(measured.size());
  const learn::LogisticProblem problem{
      .features = features,
      .rows = measured,
      .target = Eigen::Map<const Eigen::VectorXd>(score.data(), n),
      .dense = Eigen::MatrixXd::Ones(n, 1),
      .dense_mean = Eigen::VectorXd::Constant(1, options.intercept_mean),
      .dense_precision = Eigen::VectorXd::Constant(1, options.intercept_precision),
      .penalty = options.penalty};
  return learn::solve_logistic(problem, learn::prior_weights(problem), options.tolerance);
}

float predict_expert_logistic(const learn::LogisticWeights& weights,
                              const learn::SparseRows& features, std::size_t row) {
  const double z = weights[weights.size() - 1] + features.dot(row, weights);
  return static_cast<float>(learn::sigmoid(z));
}

}  // namespace ooe::predictor
