#include "learn/logistic.h"

#include <cmath>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.h"
#include "learn/as_index.h"
#include "learn/sigmoid.h"

namespace ooe::learn {
namespace {

// A random problem; rows are every second row of the features. Owns what the problem points at.
struct LogisticCase {
  SparseRows features;
  std::vector<std::size_t> rows;

  [[nodiscard]] LogisticProblem problem(Rng& rng, double penalty, bool soft) const {
    const auto n = as_index(rows.size());
    LogisticProblem problem{.features = features,
                            .rows = rows,
                            .target = Eigen::VectorXd(n),
                            .dense = Eigen::MatrixXd::Ones(n, 2),
                            .dense_mean = Eigen::Vector2d(0.3, 1.0),
                            .dense_precision = Eigen::Vector2d(1.0, 10.0),
                            .penalty = penalty};
    for (Eigen::Index i = 0; i < n; ++i) {
      problem.target[i] = soft ? rng.uniform() : std::round(rng.uniform());
      problem.dense(i, 1) = rng.normal();
    }
    return problem;
  }
};

LogisticCase random_case(Rng& rng, std::size_t n, std::size_t width) {
  LogisticCase made;
  made.features.width = width;
  for (std::size_t row = 0; row < 2 * n; ++row) {
    for (std::uint32_t feature = 0; feature < width; ++feature) {
      if (rng.below(3) != 0) continue;
      made.features.index.push_back(feature);
      made.features.value.push_back(static_cast<float>(rng.normal()));
    }
    made.features.begin.push_back(made.features.index.size());
    if (row % 2 == 1) made.rows.push_back(row);
  }
  return made;
}

// The slow, obvious optimum: gradient descent with a step that halves until it helps.
LogisticWeights descend(const LogisticProblem& problem) {
  LogisticWeights weights = prior_weights(problem);
  double step = 0.1;
  for (int i = 0; i < 20'000; ++i) {
    const Eigen::VectorXd gradient = loss_gradient(problem, weights);
    if (gradient.norm() < 1e-6) break;
    const double before = loss(problem, weights);
    while (loss(problem, weights - step * gradient) >
               before - 0.3 * step * gradient.squaredNorm() &&
           step > 1e-12) {
      step *= 0.5;
    }
    weights -= step * gradient;
    step *= 1.5;
  }
  return weights;
}

TEST(Logistic, GradientAgreesWithFiniteDifferences) {
  Rng rng(7);
  const LogisticCase made = random_case(rng, 20, 8);
  const LogisticProblem problem = made.problem(rng, 0.7, true);
  LogisticWeights weights = prior_weights(problem);
  for (double& weight : weights) weight += rng.normal();
  const Eigen::VectorXd gradient = loss_gradient(problem, weights);
  constexpr double kStep = 1e-5;
  for (Eigen::Index k = 0; k < weights.size(); ++k) {
    LogisticWeights up = weights;
    LogisticWeights down = weights;
    up[k] += kStep;
    down[k] -= kStep;
    EXPECT_NEAR(gradient[k], (loss(problem, up) - loss(problem, down)) / (2 * kStep), 1e-6) << k;
  }
}

TEST(Logistic, FindsTheOptimumOfTheSlowReference) {
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U}) {
    for (const double penalty : {0.1, 1.0, 100.0}) {
      SCOPED_TRACE(seed);
      SCOPED_TRACE(penalty);
      Rng rng(seed);
      const LogisticCase made = random_case(rng, 15, 6);
      const LogisticProblem problem = made.problem(rng, penalty, seed % 2 == 0);
      const LogisticWeights fast = solve_logistic(problem, prior_weights(problem), 1e-9);
      const LogisticWeights slow = descend(problem);
      EXPECT_LT((fast - slow).norm(), 1e-4);
      EXPECT_LE(loss(problem, fast), loss(problem, slow) + 1e-9);
    }
  }
}

TEST(Logistic, ComesToTheSameOptimumFromAnyStart) {
  Rng rng(11);
  const LogisticCase made = random_case(rng, 30, 10);
  const LogisticProblem problem = made.problem(rng, 0.5, false);
  const LogisticWeights cold = solve_logistic(problem, prior_weights(problem), 1e-9);
  for (int i = 0; i < 5; ++i) {
    LogisticWeights start = cold;
    for (double& weight : start) weight = 20.0 * rng.normal();
    EXPECT_LT((solve_logistic(problem, start, 1e-9) - cold).norm(), 1e-6);
  }
}

TEST(Logistic, StaysAtThePriorWithoutOutcomes) {
  Rng rng(3);
  LogisticCase made = random_case(rng, 4, 5);
  made.rows.clear();
  const LogisticProblem problem = made.problem(rng, 1.0, true);
  EXPECT_EQ(solve_logistic(problem, prior_weights(problem), 1e-6), prior_weights(problem));
}

TEST(Logistic, OneOutcomeMovesAnInterceptLittle) {
  const SparseRows features{.width = 0, .begin = {0, 0}, .index = {}, .value = {}};
  const std::vector<std::size_t> rows = {0};
  const LogisticProblem problem{.features = features,
                                .rows = rows,
                                .target = Eigen::VectorXd::Ones(1),
                                .dense = Eigen::MatrixXd::Ones(1, 1),
                                .dense_mean = Eigen::VectorXd::Zero(1),
                                .dense_precision = Eigen::VectorXd::Ones(1),
                                .penalty = 1.0};
  const double intercept = solve_logistic(problem, prior_weights(problem), 1e-9)[0];
  EXPECT_NEAR(intercept, 1.0 - sigmoid(intercept), 1e-6) << "where prior and outcome balance";
}

}  // namespace
}  // namespace ooe::learn
