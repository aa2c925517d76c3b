#include "predictor/difficulty.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "base/parallel.h"
#include "learn/logistic.h"
#include "learn/sigmoid.h"
#include "predictor/metrics.h"

namespace ooe::predictor {
namespace {

constexpr std::array kPenalties = {4.0, 2.0, 1.0, 0.5, 0.25};
constexpr double kTolerance = 1e-3;

// Mean score of each question that has outcomes, and the logit of the mean level of those who
// answered it.
struct Targets {
  std::vector<std::size_t> row;  // of the features
  std::vector<double> mean_score;
  std::vector<double> level_logit;
};

Targets mean_scores(const OutcomeMatrix& outcomes, std::span<const std::size_t> rows,
                    const Levels& levels) {
  Targets targets;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::span<const float> scores = outcomes.row(rows[i]);
    double score = 0.0;
    double level = 0.0;
    double count = 0.0;
    for (std::size_t expert = 0; expert < scores.size(); ++expert) {
      if (std::isnan(scores[expert])) continue;
      score += double{scores[expert]};
      level += levels.mean[expert];
      count += 1.0;
    }
    if (count == 0.0) continue;
    targets.row.push_back(i);
    targets.mean_score.push_back(score / count);
    targets.level_logit.push_back(learn::logit(level / count));
  }
  return targets;
}

// The problem of the questions outside `held_out_fold`; n_folds or more: of all.
class Selection {
 public:
  Selection(const learn::SparseRows& features, const Targets& targets,
            std::span<const std::uint32_t> fold, std::size_t held_out_fold)
      : features_(features) {
    for (std::size_t t = 0; t < targets.row.size(); ++t) {
      if (fold[targets.row[t]] == held_out_fold) continue;
      row_.push_back(targets.row[t]);
      score_.push_back(targets.mean_score[t]);
      level_.push_back(targets.level_logit[t]);
    }
  }

  // Returns easiness weights for each penalty of the grid, strongest first, each from the last.
  [[nodiscard]] std::vector<learn::LogisticWeights> path(std::span<const double> penalties) const {
    const auto n = static_cast<Eigen::Index>(row_.size());
    learn::LogisticProblem problem{.features = features_,
                                   .rows = row_,
                                   .target = Eigen::Map<const Eigen::VectorXd>(score_.data(), n),
                                   .dense = Eigen::MatrixXd::Ones(n, 2),
                                   .dense_mean = Eigen::Vector2d(0.0, 1.0),
                                   .dense_precision = Eigen::Vector2d(1.0, 1.0),
                                   .penalty = penalties.front()};
    problem.dense.col(1) = Eigen::Map<const Eigen::VectorXd>(level_.data(), n);
    std::vector<learn::LogisticWeights> path;
    for (const double penalty : penalties) {
      problem.penalty = penalty;
      path.push_back(learn::solve_logistic(
          problem, path.empty() ? learn::prior_weights(problem) : path.back(), kTolerance));
    }
    return path;
  }

 private:
  const learn::SparseRows& features_;
  std::vector<std::size_t> row_;
  std::vector<double> score_;
  std::vector<double> level_;
};

// Cross-entropy of the mean scores against fits that did not see them.
double held_out_loss(const learn::SparseRows& features, const Targets& targets,
                     std::span<const std::uint32_t> fold,
                     std::span<const std::vector<learn::LogisticWeights>> by_fold,
                     std::size_t step) {
  double sum = 0.0;
  for (std::size_t t = 0; t < targets.row.size(); ++t) {
    const learn::LogisticWeights& weights = by_fold[fold[targets.row[t]]][step];
    const double z = features.dot(targets.row[t], weights) + weights[weights.size() - 2] +
                     weights[weights.size() - 1] * targets.level_logit[t];
    sum += log_loss(targets.mean_score[t], learn::sigmoid(z));
  }
  return sum;
}

}  // namespace

Difficulty fit_difficulty(const learn::SparseRows& features, const OutcomeMatrix& outcomes,
                          std::span<const std::size_t> rows, const Levels& levels,
                          std::span<const std::uint32_t> fold, std::size_t n_folds,
                          std::size_t threads) {
  const Targets targets = mean_scores(outcomes, rows, levels);
  std::vector<std::vector<learn::LogisticWeights>> by_fold(n_folds);
  parallel_for(n_folds, threads, [&](std::size_t f) {
    by_fold[f] = Selection(features, targets, fold, f).path(kPenalties);
  });
  std::array<double, kPenalties.size()> losses{};
  for (std::size_t step = 0; step < losses.size(); ++step) {
    losses[step] = held_out_loss(features, targets, fold, by_fold, step);
  }
  const auto best = static_cast<std::size_t>(std::ranges::min_element(losses) - losses.begin());

  Difficulty difficulty{.penalty = kPenalties[best], .weights = {}, .cross_fitted = {}};
  const std::array<double, 1> chosen = {difficulty.penalty};
  difficulty.weights = Selection(features, targets, fold, n_folds)
                           .path(chosen)
                           .front()
                           .head(static_cast<Eigen::Index>(features.width));
  difficulty.cross_fitted.resize(static_cast<Eigen::Index>(rows.size()));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    difficulty.cross_fitted[static_cast<Eigen::Index>(i)] = features.dot(i, by_fold[fold[i]][best]);
  }
  return difficulty;
}

}  // namespace ooe::predictor
