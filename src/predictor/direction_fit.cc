#include "predictor/direction_fit.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <Eigen/Eigenvalues>

#include "base/parallel.h"
#include "learn/as_index.h"
#include "learn/non_negative.h"
#include "learn/primal_ridge.h"
#include "predictor/outcome_factors.h"
#include "predictor/slopes.h"

namespace ooe::predictor {
namespace {

using learn::as_index;

// Penalties of the two ridges. Difficulty wants the light one, differences between experts the
// strong.
constexpr std::array kAlphas = {12.0, 60.0};

// An expert with outcomes on this share of the questions has a column in the regressions; others
// are read through those.
constexpr double kAnchorShare = 0.2;

// General models differ in about six directions. Further ones have to be surely there: on small
// data they would be noise. A pool of specialists has as many as there are fields that they know and
// do not know; each costs two bytes an n-gram, and with all of them and 64 subjects the largest
// table, of 200,000 n-grams, is still one that is kept (kModelBytesMax of train.cc).
constexpr Eigen::Index kFirstDirections = 6;
constexpr Eigen::Index kDirectionsMax = 48;
constexpr double kDirectionErrors = 3.0;

// Blanks are filled from few factors, which any column of scores can tell; a new expert is read
// through as many as the known ones can bear.
constexpr std::size_t kBlankFactors = 3;
constexpr std::size_t kFactorsMax = 8;
std::size_t factors_of(std::size_t anchors) {
  return std::clamp<std::size_t>(anchors / 2, 1, kFactorsMax);
}

std::vector<Eigen::Index> anchors_of(const Eigen::MatrixXd& score) {
  std::vector<Eigen::Index> count(static_cast<std::size_t>(score.cols()), 0);
  for (Eigen::Index j = 0; j < score.cols(); ++j) {
    count[static_cast<std::size_t>(j)] = score.rows() - score.col(j).array().isNaN().count();
  }
  const double most = static_cast<double>(*std::ranges::max_element(count));
  std::vector<Eigen::Index> anchors;
  for (Eigen::Index j = 0; j < score.cols(); ++j) {
    const auto outcomes = static_cast<double>(count[static_cast<std::size_t>(j)]);
    if (outcomes > 0.0 && outcomes >= kAnchorShare * most) anchors.push_back(j);
  }
  return anchors;
}

void centre(learn::MatrixRowsF& matrix) {
  if (matrix.rows() > 0) matrix.rowwise() -= matrix.colwise().mean().eval();
}

// How surely a prediction follows its target: their correlation in standard errors.
double sureness(const Eigen::VectorXf& predicted, const Eigen::VectorXf& target) {
  const Eigen::VectorXd p = (predicted.array() - predicted.mean()).matrix().cast<double>();
  const Eigen::VectorXd t = (target.array() - target.mean()).matrix().cast<double>();
  const double lengths = p.norm() * t.norm();
  return lengths > 0.0 ? p.dot(t) / lengths * std::sqrt(static_cast<double>(p.size())) : 0.0;
}

// Principal axes of what was predicted out of fold, [columns, K]; fewer columns, fewer axes. After
// the first few, only those along which the predictions surely follow the targets.
learn::MatrixRowsF axes_of(const learn::MatrixRowsF& predicted, const learn::MatrixRowsF& target) {
  Eigen::MatrixXd centred = predicted.cast<double>();
  centred.rowwise() -= centred.colwise().mean().eval();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(centred.transpose() * centred);
  std::vector<Eigen::VectorXf> axes;
  for (Eigen::Index i = 0; i < std::min(kDirectionsMax, predicted.cols()); ++i) {
    Eigen::VectorXd axis = eigen.eigenvectors().col(predicted.cols() - 1 - i);
    if (axis.sum() < 0.0) axis = -axis;  // an eigenvector's sign is chance
    const Eigen::VectorXf along = axis.cast<float>();
    if (i < kFirstDirections || sureness(predicted * along, target * along) > kDirectionErrors) {
      axes.push_back(along);
    }
  }
  learn::MatrixRowsF matrix(predicted.cols(), as_index(axes.size()));
  for (std::size_t i = 0; i < axes.size(); ++i) matrix.col(as_index(i)) = axes[i];
  return matrix;
}

learn::MatrixRowsF tree_features(const EncodedTexts& texts, const learn::MatrixRowsF& subjects,
                                 const learn::MatrixRowsF& near_ridge,
                                 const learn::MatrixRowsF& far_ridge) {
  learn::MatrixRowsF features(texts.dense.rows(), texts.dense.cols() + subjects.cols() +
                                                      near_ridge.cols() + far_ridge.cols());
  features << texts.dense, subjects, near_ridge, far_ridge;
  return features;
}

// The trees of each direction, and what trees of the other folds say of each question.
void fit_direction_trees(const DirectionData& data, const learn::MatrixRowsF& features,
                         std::size_t threads, DirectionFit& fit) {
  const auto k = static_cast<std::size_t>(fit.target.cols());
  const auto n = static_cast<std::size_t>(fit.target.rows());
  const learn::BinnedFeatures binned(features, threads);
  std::vector<std::vector<float>> target(k, std::vector<float>(n));
  for (std::size_t d = 0; d < k; ++d) {
    for (std::size_t i = 0; i < n; ++i) target[d][i] = fit.target(as_index(i), as_index(d));
  }
  std::vector<std::vector<std::uint32_t>> seen(data.n_folds + 1);  // the last: all
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t f = 0; f <= data.n_folds; ++f) {
      if (f == data.n_folds || data.fold[i] != f) seen[f].push_back(static_cast<std::uint32_t>(i));
    }
  }
  learn::MatrixRowsF& out = fit.out_of_fold[static_cast<std::size_t>(Learner::trees)];
  out.setZero(as_index(n), as_index(k));
  fit.parts.trees.resize(k);
  parallel_for(k * (data.n_folds + 1), threads, [&](std::size_t job) {
    const std::size_t d = job % k;
    const std::size_t f = job / k;
    learn::BoostedTrees trees = learn::fit_trees(binned, seen[f], target[d], {});
    if (f == data.n_folds) {
      fit.parts.trees[d] = std::move(trees);
      return;
    }
    for (std::size_t i = 0; i < n; ++i) {
      if (data.fold[i] != f) continue;
      const auto row = features.row(as_index(i));
      out(as_index(i), as_index(d)) =
          trees.predict({row.data(), static_cast<std::size_t>(row.size())});
    }
  });
}

// What each column of g has of its own, of length one, by Gram-Schmidt: u = g t, t upper triangular.
struct OwnParts {
  Eigen::MatrixXd u;  // [n, k]
  Eigen::MatrixXd t;  // [k, k]
};

// A direction without anything of its own stays zero: with fewer features than directions the rest
// would be what leave-one-out adds to each row, which is made of the row's own outcome.
OwnParts own_parts(const Eigen::MatrixXd& g) {
  constexpr double kOwnShareMin = 0.05;  // of a direction's length
  const Eigen::Index k = g.cols();
  OwnParts own{.u = g, .t = Eigen::MatrixXd::Identity(k, k)};
  auto& [u, t] = own;
  for (Eigen::Index d = 0; d < k; ++d) {
    const double length_before = u.col(d).norm();
    for (Eigen::Index e = 0; e < d; ++e) {
      const double along = u.col(e).dot(u.col(d));
      u.col(d) -= along * u.col(e);
      t.col(d) -= along * t.col(e);
    }
    const double length = u.col(d).norm();
    const bool empty = length <= std::max(1e-9, kOwnShareMin * length_before);
    const double scale = empty ? 0.0 : 1.0 / length;
    u.col(d) *= scale;
    t.col(d) *= scale;
  }
  return own;
}

}  // namespace

DirectionFit fit_directions(const DirectionData& data, const learn::RidgeOptions& options,
                            bool trees) {
  DirectionFit fit;
  const auto n = as_index(data.texts.n());
  fit.anchors = anchors_of(data.score);
  const std::vector<Eigen::Index>& anchors = fit.anchors;
  Eigen::MatrixXd score(n, as_index(anchors.size()));
  Eigen::VectorXd level(as_index(anchors.size()));
  for (std::size_t a = 0; a < anchors.size(); ++a) {
    score.col(as_index(a)) = data.score.col(anchors[a]);
    level[as_index(a)] = data.level[anchors[a]];
  }
  fit.factors = fit_outcome_factors(score, level, factors_of(anchors.size()), options.threads);
  learn::MatrixRowsF target =
      impute(score, fit_outcome_factors(score, level, kBlankFactors, options.threads))
          .cast<float>();
  centre(target);

  fit.parts.scale = data.scale;
  const learn::MatrixRowsF dense = learn::scaled(data.texts.dense, fit.parts.scale);
  SubjectFit subjects = fit_subjects(data.texts, data.subject, options);
  const auto c = subjects.out_of_fold.cols();
  learn::MatrixRowsF z(n, dense.cols() + c);
  z << dense, std::sqrt(kSubjectWeight) * subjects.out_of_fold;
  const std::vector<learn::RidgeFit> ridge = learn::fit_ridge(
      {.ngrams = data.texts.ngrams, .dense = z, .target = target, .fold = data.fold}, kAlphas,
      options);

  const learn::MatrixRowsF axes = axes_of(ridge[1].left_out, target);
  const Eigen::Index k = axes.cols();
  fit.target = target * axes;
  const auto learner = [&](Learner l) -> learn::MatrixRowsF& {
    return fit.out_of_fold[static_cast<std::size_t>(l)];
  };
  learner(Learner::near_ridge) = ridge[0].left_out * axes;
  learner(Learner::far_ridge) = ridge[1].left_out * axes;
  learn::MatrixRowsF table(as_index(data.texts.ngrams.width), c + 2 * k);
  table << subjects.scores.ngram_weights, ridge[0].ngram_weights * axes,
      ridge[1].ngram_weights * axes;
  fit.parts.table = WeightTable(to_bytes(table));
  fit.parts.z_weights.resize(z.cols(), 2 * k);
  fit.parts.z_weights << ridge[0].dense_weights * axes, ridge[1].dense_weights * axes;

  learn::PrimalRidgeFit dense_ridge = learn::fit_primal_ridge(dense, fit.target, data.fold);
  learner(Learner::dense) = std::move(dense_ridge.out_of_fold);
  fit.dense_weights = std::move(dense_ridge.weights);
  learn::PrimalRidgeFit length_ridge =
      learn::fit_primal_ridge(dense.leftCols(encoder::kLengthCount), fit.target, data.fold);
  learner(Learner::length) = std::move(length_ridge.out_of_fold);
  fit.length_weights.setZero(dense.cols(), k);
  fit.length_weights.topRows(encoder::kLengthCount) = length_ridge.weights;

  if (trees) {
    fit_direction_trees(data,
                        tree_features(data.texts, subjects.out_of_fold,
                                      learner(Learner::near_ridge), learner(Learner::far_ridge)),
                        options.threads, fit);
  }
  fit.parts.subjects = std::move(subjects.scores);
  fit.parts.subjects.ngram_weights.resize(0, 0);  // columns of the table now
  return fit;
}

DirectionFit::Mixed DirectionFit::mix(const Eigen::MatrixXd& score, const Eigen::VectorXd& level,
                                      const LearnerSet& learners) const {
  Mixed mixed{.model = parts, .directions = {}};
  const Eigen::Index n = target.rows();
  const Eigen::Index k = target.cols();
  const Eigen::Index m = score.cols();
  mixed.model.mix.setZero(k, 4);
  mixed.model.dense_weights.setZero(dense_weights.rows(), k);
  Eigen::MatrixXd& g = mixed.directions;
  g.setZero(n, k);
  std::vector<std::size_t> used;
  for (std::size_t l = 0; l < kLearners; ++l) {
    if (learners[l]) used.push_back(l);
  }
  for (Eigen::Index d = 0; d < k; ++d) {
    Eigen::MatrixXd a(n, as_index(used.size()));
    for (std::size_t l = 0; l < used.size(); ++l) {
      a.col(as_index(l)) = out_of_fold[used[l]].col(d).cast<double>();
    }
    const Eigen::RowVectorXd means = a.colwise().mean();
    a.rowwise() -= means;
    const Eigen::VectorXd w = learn::non_negative_least_squares(a, target.col(d).cast<double>());
    g.col(d) = a * w;
    auto row = mixed.model.mix.row(d);
    row[0] = static_cast<float>(-means.dot(w));
    for (std::size_t l = 0; l < used.size(); ++l) {
      const auto weight = static_cast<float>(w[as_index(l)]);
      switch (static_cast<Learner>(used[l])) {
        case Learner::length:
          mixed.model.dense_weights.col(d) += weight * length_weights.col(d);
          break;
        case Learner::dense:
          mixed.model.dense_weights.col(d) += weight * dense_weights.col(d);
          break;
        case Learner::near_ridge:
          row[1] = weight;
          break;
        case Learner::far_ridge:
          row[2] = weight;
          break;
        case Learner::trees:
          row[3] = weight;
          break;
      }
    }
  }
  const OwnParts own = own_parts(g);
  const Eigen::MatrixXd residual = score.rowwise() - level.transpose();
  const Eigen::MatrixXd slopes = own.t * fit_slopes(own.u, residual);  // onto g
  mixed.model.slopes = slopes.cast<float>();
  mixed.model.level.resize(static_cast<std::size_t>(m));
  for (Eigen::Index j = 0; j < m; ++j) {
    mixed.model.level[static_cast<std::size_t>(j)] = static_cast<float>(level[j]);
  }
  if (!learners[static_cast<std::size_t>(Learner::trees)]) mixed.model.trees.clear();
  mixed.model.make_scorers();
  return mixed;
}

}  // namespace ooe::predictor
