// Which question to put to which expert next: where an answer is expected to change decisions for
// the better, over all that users ask, by the dollar.
//
// An answer of expert j to x would move what is believed of j at a target t by a normal amount with
//   s = cov_j(x, t) / sqrt(var_j(x) + noise)
// and the decision at t gains E[max(0, s Z - |gap|)], gap being j's distance from the best of the
// others there (the knowledge gradient, with correlated beliefs). A single answer hardly ever moves
// a decision although several would, so the value is that of four alike: noise / 4.
// After each choice the belief is as sure as if it had been answered, which needs no answer; so a
// batch spreads by itself.
// Sources: Frazier, Powell, Dayanik 2009 (correlated beliefs); Frazier and Powell 2010 (why more
// than one measurement must be looked ahead).
#pragma once

#include <cstddef>
#include <vector>

#include "base/rng.h"
#include "selfplay/belief.h"

namespace ooe::selfplay {

// A question put to an expert. `question` counts from the pool's first.
struct Call {
  std::size_t question = 0;
  std::size_t expert = 0;

  friend auto operator<=>(const Call&, const Call&) = default;
};

// Texts of the belief: what users ask, `targets` from `target_first` on, then the pool of questions
// to choose from.
struct AcquisitionTexts {
  std::size_t target_first = 0;
  std::size_t targets = 0;
  std::size_t pool = 0;
  std::vector<double> weight = {};  // [targets], the traffic each stands for; empty: alike
};

// What a call costs is expected, [n_experts] in USD; where all is free, calls count.
struct AcquisitionOptions {
  std::size_t calls_max = 100;
  double usd_max = 1e9;
  std::vector<double> usd = {};       // empty: alike
  std::vector<Call> not_to_ask = {};  // whose answers would teach nothing
  std::vector<Call> answered = {};    // on record, and soon known: not chosen, but reckoned with
};

// E[max(0, s Z - gap)], Z standard normal: what a change by s may gain over a gap. Requires: gap >=
// 0, s >= 0.
[[nodiscard]] double expected_gain(double s, double gap);

// Returns the calls in the order chosen, each at most once; fewer when money or questions end.
// Cost: O(n_experts * (pool + targets)^2) once, O((pool + targets)^2) a call. Memory: the same.
[[nodiscard]] std::vector<Call> choose_calls(const Belief& belief, const AcquisitionTexts& texts,
                                             const AcquisitionOptions& options);

// Random questions of the pool to random experts: what is compared with.
[[nodiscard]] std::vector<Call> random_calls(std::size_t pool, std::size_t n_experts,
                                             const AcquisitionOptions& options, Rng& rng);

}  // namespace ooe::selfplay
