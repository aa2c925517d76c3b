// Placing a new expert among known ones: which questions tell most of it, and how surely its mean
// score over all of them is known from those it has answered.
//
//   y_i = x_i' b + noise,   x_i = [1, f_i],   b ~ N(m, S) over the known experts
//
// f_i are the outcome factors of question i (outcome_factors.h), from the known experts' outcomes.
// The noise s^2 is what is left of each known expert's score when the others say the factors,
// which is how a new one will meet them.
//
// Questions are spread over difficulty, x_i' m, denser where the answer is open: at steps of the
// golden ratio along the questions in order of difficulty, each as wide as sqrt(p (1 - p)). Of the
// few about as hard, the one is taken whose answer narrows most what is expected of all questions
// (I-optimal design: it lowers tr(C X'X), C the covariance of b). Choosing by the design alone
// would take extreme questions; scores are not linear there, and what it states as its precision
// would not hold.
//
// The mean score over all n questions is known up to
//   variance = u' C u + s^2 n_u / n^2,   u = sum over the n_u unanswered of x_i / n
// which is zero once all are answered.
// Sources: Fedorov 1972 (optimal designs); the golden ratio's even spread, Weyl 1916.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <Eigen/Core>

#include "core/outcome.h"
#include "predictor/population.h"

namespace ooe::predictor {

struct PlacementOptions {
  std::uint64_t seed = 1;   // of the first step
  std::size_t threads = 0;  // 0: all cores; the result does not depend on it
};

// A new expert being placed. Threads: one.
class Placement {
 public:
  // `known`: outcomes of other experts, one row for each question that could be asked; rows and
  // columns may have blanks, and columns that are mostly blank do not count. Without any outcome
  // one question is as good as another.
  explicit Placement(const OutcomeMatrix& known, const PlacementOptions& options = {});

  // The new expert's score on a question. Requires: only once for each.
  void answer(std::size_t question, double score);

  // Returns up to `count` questions that were not answered and not returned before. Any number of
  // first ones is a good choice of that size.
  [[nodiscard]] std::vector<std::size_t> choose(std::size_t count);

  // The mean score over all questions: what is expected, and its standard deviation.
  struct Quality {
    double mean = 0.0;
    double sd = 0.0;
  };
  [[nodiscard]] Quality quality() const;
  [[nodiscard]] std::size_t answered() const { return answered_; }
  [[nodiscard]] std::size_t known() const { return known_; }  // experts that count

 private:
  [[nodiscard]] Population posterior() const;
  [[nodiscard]] std::optional<std::size_t> most_telling_near(std::size_t place,
                                                             Eigen::MatrixXd& covariance) const;

  std::size_t known_ = 0;
  Eigen::MatrixXd x_;  // [n, 1 + r]
  double noise_ = 0.0;
  Population prior_;
  Eigen::MatrixXd moment_;                      // X'X / n
  std::vector<std::size_t> order_;              // [n], the hardest first
  std::vector<double> along_;                   // [n], where each of these ends on the way
  std::vector<std::optional<double>> answers_;  // [n]
  std::vector<bool> taken_;                     // [n], answered or returned by choose()
  std::size_t answered_ = 0;
  double step_ = 0.0;  // of the way, in [0, 1)
};

}  // namespace ooe::predictor
