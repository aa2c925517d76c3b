#include "learn/logistic.h"

#include <algorithm>
#include <cmath>

#include "learn/as_index.h"

namespace ooe::learn {
namespace {

using Eigen::Index;
using Eigen::VectorXd;

constexpr int kNewtonStepsMax = 100;
constexpr int kConjugateStepsMax = 200;
constexpr int kHalvingsMax = 40;
constexpr double kForcing = 0.1;              // a step solves its system to this relative residual
constexpr double kSufficientDecrease = 1e-4;  // Armijo

// z = X v + D t
VectorXd margins(const LogisticProblem& problem, const VectorXd& weights) {
  VectorXd z = problem.dense * weights.tail(problem.dense.cols());
  for (std::size_t i = 0; i < problem.rows.size(); ++i) {
    z[as_index(i)] += problem.features.dot(problem.rows[i], weights);
  }
  return z;
}

// (X' r, D' r)
VectorXd transposed(const LogisticProblem& problem, const VectorXd& r) {
  VectorXd sum = VectorXd::Zero(as_index(problem.features.width) + problem.dense.cols());
  for (std::size_t i = 0; i < problem.rows.size(); ++i) {
    problem.features.add_to(problem.rows[i], r[as_index(i)], sum);
  }
  sum.tail(problem.dense.cols()) += problem.dense.transpose() * r;
  return sum;
}

// The diagonal of the penalty: its gradient is precision * (weights - prior).
VectorXd precisions(const LogisticProblem& problem) {
  VectorXd precision(as_index(problem.features.width) + problem.dense.cols());
  precision.head(as_index(problem.features.width)).setConstant(problem.penalty);
  precision.tail(problem.dense.cols()) = problem.dense_precision;
  return precision;
}

VectorXd sigmoids(const VectorXd& z) {
  return z.unaryExpr([](double margin) { return 1.0 / (1.0 + std::exp(-margin)); });
}

// sum_i log(1 + exp(z_i)) - y_i z_i, without overflow.
double cross_entropy(const VectorXd& z, const VectorXd& target) {
  double sum = 0.0;
  for (Index i = 0; i < z.size(); ++i) {
    sum += std::max(z[i], 0.0) + std::log1p(std::exp(-std::abs(z[i]))) - target[i] * z[i];
  }
  return sum;
}

double penalty_loss(const VectorXd& precision, const VectorXd& offset) {
  return 0.5 * offset.cwiseProduct(offset).dot(precision);
}

// The diagonal of the Hessian, for scaling.
VectorXd curvature_diagonal(const LogisticProblem& problem, const VectorXd& curvature,
                            const VectorXd& precision) {
  VectorXd diagonal = precision;
  const SparseRows& features = problem.features;
  for (std::size_t i = 0; i < problem.rows.size(); ++i) {
    const std::size_t row = problem.rows[i];
    for (std::size_t k = features.begin[row]; k < features.begin[row + 1]; ++k) {
      const double x = double{features.value[k]};
      diagonal[as_index(features.index[k])] += curvature[as_index(i)] * x * x;
    }
  }
  diagonal.tail(problem.dense.cols()) +=
      problem.dense.cwiseProduct(problem.dense).transpose() * curvature;
  return diagonal;
}

// Solves H step = -gradient to a relative residual of kForcing by preconditioned conjugate
// gradients; H = X' diag(curvature) X + diag(precision).
VectorXd newton_step(const LogisticProblem& problem, const VectorXd& gradient,
                     const VectorXd& curvature, const VectorXd& precision) {
  const VectorXd scale = curvature_diagonal(problem, curvature, precision).cwiseInverse();
  VectorXd step = VectorXd::Zero(gradient.size());
  VectorXd residual = -gradient;
  VectorXd scaled = scale.cwiseProduct(residual);
  VectorXd direction = scaled;
  double rho = residual.dot(scaled);
  const double enough = kForcing * gradient.norm();
  for (int i = 0; i < kConjugateStepsMax && residual.norm() > enough; ++i) {
    const VectorXd product =
        transposed(problem, curvature.cwiseProduct(margins(problem, direction))) +
        precision.cwiseProduct(direction);
    const double length = rho / direction.dot(product);
    step += length * direction;
    residual -= length * product;
    scaled = scale.cwiseProduct(residual);
    const double rho_next = residual.dot(scaled);
    direction = scaled + (rho_next / rho) * direction;
    rho = rho_next;
  }
  return step;
}

}  // namespace

LogisticWeights prior_weights(const LogisticProblem& problem) {
  LogisticWeights prior = VectorXd::Zero(as_index(problem.features.width) + problem.dense.cols());
  prior.tail(problem.dense.cols()) = problem.dense_mean;
  return prior;
}

double loss(const LogisticProblem& problem, const LogisticWeights& weights) {
  return cross_entropy(margins(problem, weights), problem.target) +
         penalty_loss(precisions(problem), weights - prior_weights(problem));
}

Eigen::VectorXd loss_gradient(const LogisticProblem& problem, const LogisticWeights& weights) {
  return transposed(problem, sigmoids(margins(problem, weights)) - problem.target) +
         precisions(problem).cwiseProduct(weights - prior_weights(problem));
}

LogisticWeights solve_logistic(const LogisticProblem& problem, LogisticWeights start,
                               double tolerance) {
  const LogisticWeights prior = prior_weights(problem);
  const VectorXd precision = precisions(problem);
  const double enough = tolerance * loss_gradient(problem, prior).norm();
  LogisticWeights weights = std::move(start);
  VectorXd z = margins(problem, weights);
  for (int newton = 0; newton < kNewtonStepsMax; ++newton) {
    const VectorXd p = sigmoids(z);
    const VectorXd gradient =
        transposed(problem, p - problem.target) + precision.cwiseProduct(weights - prior);
    if (gradient.norm() <= enough) break;
    const VectorXd step =
        newton_step(problem, gradient, p.cwiseProduct(VectorXd::Ones(p.size()) - p), precision);
    const VectorXd z_step = margins(problem, step);
    const double before =
        cross_entropy(z, problem.target) + penalty_loss(precision, weights - prior);
    const double slope = gradient.dot(step);
    double length = 1.0;
    int halvings = 0;
    while (cross_entropy(z + length * z_step, problem.target) +
                   penalty_loss(precision, weights + length * step - prior) >
               before + kSufficientDecrease * length * slope &&
           ++halvings <= kHalvingsMax) {
      length *= 0.5;
    }
    if (halvings > kHalvingsMax) break;  // at the optimum as far as rounding can tell
    weights += length * step;
    z += length * z_step;
  }
  return weights;
}

}  // namespace ooe::learn
