#include "predictor/placement.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include "base/check.h"
#include "base/nan.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "core/table_part.h"
#include "learn/as_index.h"
#include "learn/symmetric_tiles.h"
#include "predictor/levels.h"
#include "predictor/outcome_factors.h"

namespace ooe::predictor {
namespace {

using learn::as_index;

constexpr double kCoin = 0.25;       // the variance of a score of which nothing is known
constexpr double kNoiseMin = 0.02;   // other experts never settle an answer for certain
constexpr double kKnownShare = 0.2;  // an expert with fewer of the outcomes is no yardstick
constexpr std::size_t kNear = 5;     // questions about as hard, on each side
constexpr std::size_t kFactors = 3;  // what a handful of experts can carry
constexpr double kGolden = 0.6180339887498949;

// The columns of `known` with enough outcomes.
OutcomeMatrix yardsticks(const OutcomeMatrix& known) {
  std::vector<std::size_t> columns;
  const double enough = kKnownShare * static_cast<double>(known.n_queries());
  for (std::size_t j = 0; j < known.n_experts(); ++j) {
    double count = 0.0;
    for (std::size_t i = 0; i < known.n_queries(); ++i) {
      if (!std::isnan(known.score[known.at(i, j)])) count += 1.0;
    }
    if (count > 0.0 && count >= enough) columns.push_back(j);
  }
  return subset_columns(known, columns);
}

// Mean square of what the other experts' outcomes leave over of each expert's.
double noise_of(const Eigen::MatrixXd& score, const OutcomeFactors& factors, std::size_t threads) {
  struct Sums {
    double squares = 0.0;
    double count = 0.0;
  };
  std::vector<Sums> sums(static_cast<std::size_t>(score.cols()));
  parallel_for(sums.size(), threads, [&](std::size_t expert) {
    const Eigen::Index j = as_index(expert);
    for (Eigen::Index i = 0; i < score.rows(); ++i) {
      if (std::isnan(score(i, j))) continue;
      Eigen::VectorXd others = score.row(i);
      others[j] = kNaN;
      const double expected = factors.mean[j] + factors.loadings.row(j).dot(factors.scores(others));
      sums[expert].squares += (score(i, j) - expected) * (score(i, j) - expected);
      sums[expert].count += 1.0;
    }
  });
  Sums all{.squares = kCoin, .count = 1.0};
  for (const Sums& one : sums) {
    all.squares += one.squares;
    all.count += one.count;
  }
  return std::max(kNoiseMin, all.squares / all.count);
}

}  // namespace

Placement::Placement(const OutcomeMatrix& known, const PlacementOptions& options)
    : order_(known.n_queries()), answers_(known.n_queries()), taken_(known.n_queries(), false) {
  const std::size_t n = known.n_queries();
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  const OutcomeMatrix others = yardsticks(known);
  known_ = others.n_experts();
  x_ = Eigen::MatrixXd::Ones(as_index(n), 1);
  noise_ = kCoin;
  prior_ = {.mean = Eigen::VectorXd::Constant(1, 0.5),
            .covariance = Eigen::MatrixXd::Constant(1, 1, kCoin)};
  if (known_ > 0) {
    const Levels levels = fit_levels(others, order_);
    const Eigen::MatrixXd score =
        Eigen::Map<const learn::MatrixRowsF>(others.score.data(), as_index(n), as_index(known_))
            .cast<double>();
    const OutcomeFactors factors = fit_outcome_factors(
        score, Eigen::Map<const Eigen::VectorXd>(levels.mean.data(), as_index(known_)),
        std::min(kFactors, known_ - 1), options.threads);
    const Eigen::Index r = factors.loadings.cols();
    x_.conservativeResize(Eigen::NoChange, 1 + r);
    for (Eigen::Index i = 0; i < as_index(n); ++i) {
      x_.row(i).tail(r) = factors.scores(score.row(i)).transpose();
    }
    Eigen::MatrixXd experts(as_index(known_), 1 + r);
    experts << factors.mean, factors.loadings;
    prior_ = population_by_factors(experts);
    noise_ = noise_of(score, factors, options.threads);
  }
  moment_ = x_.transpose() * x_ / static_cast<double>(std::max<std::size_t>(1, n));
  const Eigen::VectorXd expected = x_ * prior_.mean;
  Rng rng(options.seed);
  rng.shuffle(std::span(order_));  // ties in any order but the file's
  std::ranges::stable_sort(order_, {}, [&](std::size_t i) { return expected[as_index(i)]; });
  double end = 0.0;
  for (const std::size_t i : order_) {
    const double p = std::clamp(expected[as_index(i)], 0.03, 0.97);
    end += std::sqrt(p * (1.0 - p));
    along_.push_back(end);
  }
  step_ = rng.uniform();
}

void Placement::answer(std::size_t question, double score) {
  OOE_CHECK(!answers_[question], "a question is answered once");
  answers_[question] = score;
  ++answered_;
  taken_[question] = true;
}

Population Placement::posterior() const {
  Eigen::MatrixXd x(as_index(answered_), x_.cols());
  Eigen::VectorXd y(as_index(answered_));
  Eigen::Index row = 0;
  for (std::size_t i = 0; i < answers_.size(); ++i) {
    if (!answers_[i]) continue;
    x.row(row) = x_.row(as_index(i));
    y[row++] = *answers_[i];
  }
  return given_outcomes(prior_, x, y, noise_);
}

// Of the free questions nearest to a place in the order, the one whose answer takes most from
// tr(C X'X), and C as it will be then: answering i takes C x x' C / (s^2 + x' C x) from it.
std::optional<std::size_t> Placement::most_telling_near(std::size_t place,
                                                        Eigen::MatrixXd& covariance) const {
  std::optional<std::size_t> best;
  double most = 0.0;
  const std::size_t last = std::min(order_.size(), place + kNear + 1);
  for (std::size_t k = place - std::min(place, kNear); k < last; ++k) {
    const std::size_t i = order_[k];
    if (taken_[i]) continue;
    const Eigen::VectorXd cx = covariance * x_.row(as_index(i)).transpose();
    const double narrowed = cx.dot(moment_ * cx) / (noise_ + x_.row(as_index(i)).dot(cx));
    if (best && narrowed <= most) continue;
    best = i;
    most = narrowed;
  }
  if (!best) return std::nullopt;
  const Eigen::VectorXd cx = covariance * x_.row(as_index(*best)).transpose();
  covariance -= cx * cx.transpose() / (noise_ + x_.row(as_index(*best)).dot(cx));
  return best;
}

std::vector<std::size_t> Placement::choose(std::size_t count) {
  Eigen::MatrixXd covariance = posterior().covariance;
  std::size_t free = static_cast<std::size_t>(std::ranges::count(taken_, false));
  std::vector<std::size_t> chosen;
  for (; chosen.size() < count && free > 0; step_ = std::fmod(step_ + kGolden, 1.0)) {
    const auto at = std::ranges::upper_bound(along_, step_ * along_.back()) - along_.begin();
    const auto question = most_telling_near(static_cast<std::size_t>(at), covariance);
    if (!question) continue;  // all about here are taken; the steps come everywhere in the end
    taken_[*question] = true;
    --free;
    chosen.push_back(*question);
  }
  return chosen;
}

Placement::Quality Placement::quality() const {
  const Population now = posterior();
  const auto n = static_cast<double>(answers_.size());
  Eigen::VectorXd u = Eigen::VectorXd::Zero(x_.cols());
  double known = 0.0;
  for (std::size_t i = 0; i < answers_.size(); ++i) {
    if (answers_[i]) {
      known += *answers_[i] / n;
    } else {
      u += x_.row(as_index(i)).transpose() / n;
    }
  }
  const auto open = static_cast<double>(answers_.size() - answered_);
  const double variance = u.dot(now.covariance * u) + noise_ * open / (n * n);
  return {.mean = std::clamp(known + u.dot(now.mean), 0.0, 1.0),
          .sd = std::sqrt(std::max(0.0, variance))};
}

}  // namespace ooe::predictor
