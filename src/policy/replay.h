// Replay: what requests of the past would have come to under another policy. Each receipt holds
// what its request was decided on, so it is decided again, with the very decide() that serves; no
// expert is asked. Pure and deterministic. In: receipts, in the order of time. Out: figures with
// intervals. Knows: core.
//
// Two kinds of answers, and they are told apart. *Predicted*: for every request, the quality and
// cost that were foreseen of whoever would go first now, against those of whoever went first then.
// They cost nothing, and are as right as the predictor is. *Measured*: where traffic explored, the
// receipts of requests on which both policies put the same expert first, each weighted by one over
// the probability with which it came to be first then (inverse propensities; self-normalised,
// Swaminathan and Joachims 2015). They need no predictor, but say nothing of choices that had no
// chance then: `coverage` is the share of requests whose choice had one.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "core/expert.h"
#include "core/foreseen.h"
#include "core/receipt.h"
#include "policy/decide.h"
#include "policy/pacing.h"

namespace ooe::policy {

// A mean with its standard error, of numbers that come one by one.
class RunningMean {
 public:
  void add(double x);
  [[nodiscard]] std::int64_t n() const { return n_; }
  [[nodiscard]] double mean() const { return mean_; }
  [[nodiscard]] double standard_error() const;  // 0 for fewer than two

 private:
  std::int64_t n_ = 0;
  double mean_ = 0.0;
  double squares_ = 0.0;  // of distances from the mean, summed (Welford 1962)
};

// Sum(w x) / Sum(w), with a standard error by linearisation.
class WeightedMean {
 public:
  void add(double weight, double x);
  [[nodiscard]] double mean() const;  // NaN before the first
  [[nodiscard]] double standard_error() const;
  [[nodiscard]] double weights() const { return w_; }
  [[nodiscard]] double effective_n() const;  // of how many equally weighted ones it is worth

 private:
  double w_ = 0.0;
  double ww_ = 0.0;
  double wx_ = 0.0;
  double wwx_ = 0.0;
  double wwxx_ = 0.0;
};

struct ReplayFigures {
  std::int64_t replayed = 0;
  std::int64_t nothing_foreseen = 0;  // receipts that cannot be decided again: no predictions
  std::int64_t refused = 0;           // nobody may answer now
  std::int64_t nobody_then = 0;       // nobody was asked then, so that there is nothing to compare
  std::int64_t changed = 0;           // of those replayed: another expert goes first now
  std::int64_t unpriced = 0;  // no cost to compare: one of the two has no price now, or is gone
  Usd paid;                   // by the requests replayed, then, fallbacks included
  RunningMean quality_then, quality_now, quality_difference;  // predicted
  RunningMean usd_then, usd_now, usd_difference;  // predicted, both at the prices of now
  std::int64_t explored = 0;                      // on these another than the best went first
  WeightedMean measured_usd;                      // paid, fallbacks included
  WeightedMean measured_answered;                 // 1: the client got a whole answer
  WeightedMean measured_score;                    // of those that were scored

  // The share of requests whose choice of now had a chance then.
  [[nodiscard]] double coverage() const;
};

// What is to be tried.
struct ReplayPolicy {
  std::span<const Expert> experts;  // must outlive the replay, as what `options` points to
  Tradeoff tradeoff;
  DecideOptions options;  // without health, which is that of then
  std::optional<PacingPlan> pacing = std::nullopt;
  bool counts_ownership = false;  // what is paced: own answers, or USD
};

class Replay {
 public:
  explicit Replay(ReplayPolicy policy);
  // `score`: what somebody says the answer was worth.
  void add(const Receipt& receipt, std::optional<double> score = std::nullopt);
  [[nodiscard]] const ReplayFigures& figures() const { return figures_; }

 private:
  void measure(const Receipt& receipt, ExpertId now, std::optional<double> score);

  ReplayPolicy policy_;
  std::optional<Pacer> pacer_;
  ReplayFigures figures_;
};

}  // namespace ooe::policy
