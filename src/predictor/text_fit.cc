#include "predictor/text_fit.h"

#include <cmath>
#include <utility>

#include "learn/logistic.h"
#include "learn/sigmoid.h"
#include "predictor/encoded_texts.h"
#include "predictor/folds.h"

namespace ooe::predictor {
namespace {

constexpr double kTolerance = 1e-3;  // of the gradient: weights differ in the fourth digit
// Priors of an expert's dense weights. An outcome's curvature is near 0.2, so the intercept's prior
// weighs as much as five outcomes; experts' slopes spread around 1 with a deviation near 0.3.
constexpr double kInterceptPrecision = 1.0;
constexpr double kSlopePrecision = 10.0;

std::vector<std::uint32_t> inner_folds(const Dataset& data, std::span<const std::size_t> rows,
                                       const TextFitOptions& options) {
  std::vector<std::uint32_t> fold;
  fold.reserve(rows.size());
  for (const std::size_t row : rows) {
    fold.push_back(fold_of(data.query_ids[row], options.seed, options.inner_folds));
  }
  return fold;
}

}  // namespace

TextFit::TextFit(const Dataset& data, std::vector<std::size_t> rows, const TextFitOptions& options)
    : data_(data),
      rows_(std::move(rows)),
      encoder_(
          encoder::LexicalEncoder::fit(texts_of(data, rows_), options.lexical, options.threads)),
      features_(encode_texts(encoder_, texts_of(data, rows_), options.threads).ngrams),
      levels_(fit_levels(data.outcomes, rows_)),
      difficulty_(fit_difficulty(features_, data.outcomes, rows_, levels_,
                                 inner_folds(data, rows_, options), options.inner_folds,
                                 options.threads)) {}

std::vector<ExpertWeights> TextFit::expert_path(std::size_t expert,
                                                std::span<const double> penalties) const {
  std::vector<std::size_t> measured;
  std::vector<double> score;
  std::vector<double> easiness;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const float value = data_.outcomes.score[data_.outcomes.at(rows_[i], expert)];
    if (std::isnan(value)) continue;
    measured.push_back(i);
    score.push_back(double{value});
    easiness.push_back(difficulty_.cross_fitted[static_cast<Eigen::Index>(i)]);
  }
  const auto n = static_cast<Eigen::Index>(measured.size());
  learn::LogisticProblem problem{
      .features = features_,
      .rows = measured,
      .target = Eigen::Map<const Eigen::VectorXd>(score.data(), n),
      .dense = Eigen::MatrixXd::Ones(n, 2),
      .dense_mean = Eigen::Vector2d(learn::logit(levels_.mean[expert]), 1.0),
      .dense_precision = Eigen::Vector2d(kInterceptPrecision, kSlopePrecision)};
  problem.dense.col(1) = Eigen::Map<const Eigen::VectorXd>(easiness.data(), n);

  std::vector<ExpertWeights> path;
  learn::LogisticWeights solution = learn::prior_weights(problem);
  const auto d = static_cast<Eigen::Index>(width());
  for (const double penalty : penalties) {
    problem.penalty = penalty;
    solution = learn::solve_logistic(problem, std::move(solution), kTolerance);
    path.push_back({.intercept = solution[d],
                    .weights = solution.head(d) + solution[d + 1] * difficulty_.weights});
  }
  return path;
}

}  // namespace ooe::predictor
