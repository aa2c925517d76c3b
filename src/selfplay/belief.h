// What is believed of every expert at every text, and how surely: a Gaussian process an expert over
// the likeness of texts (text_kernel.h). The built-in predictor is what serves; the belief decides
// what to ask, because it knows what it does not know, also when each expert was asked other
// questions.
//
//   quality_j(x) ~ GP(mean, 0.02 + 0.06 likeness(x, x')),   score = quality + noise
//
// Experts' levels differ by a standard deviation of 0.14, and from text to text by 0.24. A score of
// right or wrong has a noise of 0.2; a verdict of a judge that errs has more (judge_noise.h), and
// that is its weight.
// Source: Rasmussen and Williams 2006, chapter 2.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <Eigen/Core>

namespace ooe::selfplay {

inline constexpr double kAnswerNoise = 0.2;  // variance, p (1 - p) of a typical p

struct Measurement {
  std::size_t text = 0;  // row of the likeness
  std::size_t expert = 0;
  double score = 0.0;  // corrected verdicts may lie outside [0, 1]
  double noise = kAnswerNoise;
};

class Belief {
 public:
  // Shape: likeness is [n, n]. Cost: O(k^3) for an expert with k measurements.
  Belief(Eigen::MatrixXd likeness, std::size_t n_experts, std::span<const Measurement> measured);

  [[nodiscard]] std::size_t n_experts() const { return experts_.size(); }

  // Expected quality, [count, n_experts], of the texts from `first` on. Not bounded to [0, 1].
  [[nodiscard]] Eigen::MatrixXd mean(std::size_t first, std::size_t count) const;

  // Covariance of one expert's quality at these texts, [count, count].
  [[nodiscard]] Eigen::MatrixXd covariance(std::size_t expert, std::size_t first,
                                           std::size_t count) const;

 private:
  struct OfExpert {
    std::vector<Eigen::Index> texts;  // measured
    Eigen::MatrixXd root;             // lower Cholesky factor of their covariance with noise
    Eigen::VectorXd weights;          // mean at x: mean_ + cov(x, texts) weights
  };
  [[nodiscard]] Eigen::MatrixXd prior(const std::vector<Eigen::Index>& texts, std::size_t first,
                                      std::size_t count) const;

  Eigen::MatrixXd likeness_;
  double mean_ = 0.5;  // of all experts at all texts
  std::vector<OfExpert> experts_;
};

}  // namespace ooe::selfplay
