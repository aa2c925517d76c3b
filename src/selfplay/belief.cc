#include "selfplay/belief.h"

#include <Eigen/Cholesky>

#include "learn/as_index.h"

namespace ooe::selfplay {
namespace {

using learn::as_index;

constexpr double kLevelVariance = 0.02;
constexpr double kTextVariance = 0.06;

// The mean of all scores, each by how much it tells; 0.5 without any.
double mean_of(std::span<const Measurement> measured) {
  double sum = 0.5;
  double weight = 1.0;
  for (const Measurement& one : measured) {
    sum += kAnswerNoise / one.noise * one.score;
    weight += kAnswerNoise / one.noise;
  }
  return sum / weight;
}

}  // namespace

Belief::Belief(Eigen::MatrixXd likeness, std::size_t n_experts,
               std::span<const Measurement> measured)
    : likeness_(std::move(likeness)), mean_(mean_of(measured)), experts_(n_experts) {
  for (std::size_t j = 0; j < n_experts; ++j) {
    OfExpert& expert = experts_[j];
    std::vector<const Measurement*> mine;
    for (const Measurement& one : measured) {
      if (one.expert == j) mine.push_back(&one);
    }
    const Eigen::Index k = as_index(mine.size());
    Eigen::VectorXd score(k);
    Eigen::VectorXd noise(k);
    for (Eigen::Index i = 0; i < k; ++i) {
      const Measurement& one = *mine[static_cast<std::size_t>(i)];
      expert.texts.push_back(as_index(one.text));
      score[i] = one.score - mean_;
      noise[i] = one.noise;
    }
    if (k == 0) continue;
    Eigen::MatrixXd covariance =
        (kTextVariance * likeness_(expert.texts, expert.texts)).array() + kLevelVariance;
    covariance.diagonal() += noise;
    const Eigen::LLT<Eigen::MatrixXd> root(covariance);
    expert.weights = root.solve(score);
    expert.root = root.matrixL();
  }
}

// Covariance before any measurement, [texts, count].
Eigen::MatrixXd Belief::prior(const std::vector<Eigen::Index>& texts, std::size_t first,
                              std::size_t count) const {
  return (kTextVariance * likeness_(texts, Eigen::seqN(as_index(first), as_index(count)))).array() +
         kLevelVariance;
}

Eigen::MatrixXd Belief::mean(std::size_t first, std::size_t count) const {
  Eigen::MatrixXd mean = Eigen::MatrixXd::Constant(as_index(count), as_index(n_experts()), mean_);
  for (std::size_t j = 0; j < n_experts(); ++j) {
    const OfExpert& expert = experts_[j];
    if (expert.texts.empty()) continue;
    mean.col(as_index(j)) += prior(expert.texts, first, count).transpose() * expert.weights;
  }
  return mean;
}

Eigen::MatrixXd Belief::covariance(std::size_t expert, std::size_t first, std::size_t count) const {
  const OfExpert& known = experts_[expert];
  Eigen::MatrixXd covariance = (kTextVariance * likeness_.block(as_index(first), as_index(first),
                                                                as_index(count), as_index(count)))
                                   .array() +
                               kLevelVariance;
  if (known.texts.empty()) return covariance;
  Eigen::MatrixXd half = prior(known.texts, first, count);
  known.root.triangularView<Eigen::Lower>().solveInPlace(half);
  covariance.noalias() -= half.transpose() * half;
  return covariance;
}

}  // namespace ooe::selfplay
