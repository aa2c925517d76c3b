// What comes of sending every query to the expert with the highest prediction, money aside: the
// figure by which methods of prediction are compared beside their log loss. The pool is the experts
// measured on at least half as many questions as the one measured most; the questions are those on
// which the whole pool was measured and predicted.
#pragma once

#include <cstddef>
#include <span>

namespace ooe::predictor {

// Whether an expert measured on `n` questions is compared with others, when the one measured most
// was on `n_most`.
[[nodiscard]] constexpr bool is_comparable(std::size_t n, std::size_t n_most) {
  return n > 0 && 2 * n >= n_most;
}

struct Choice {
  std::size_t queries = 0;    // 0: no such question, or a pool of one; all else is then 0
  double gain = 0.0;          // mean score of the chosen less that of the best single expert
  double gain_se = 0.0;       // its standard error, paired over questions
  double over_promise = 0.0;  // predicted less real score of the chosen, the winner's curse
};

// Shape: scores and qualities are [n_queries, n_experts], row-major, NaN where unknown. Ties go to
// the lower expert; the best single expert is found on the same questions, to its advantage.
[[nodiscard]] Choice measure_choice(std::span<const float> scores, std::span<const float> qualities,
                                    std::size_t n_experts);

}  // namespace ooe::predictor
