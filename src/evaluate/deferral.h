// A strong expert against all others: whom is it still needed for? Every method sorts the questions
// by how much better it expects the best of the others to do than the strong one, and the curve of
// deferral_curve.h is read off. With two experts this is RouteLLM's pair; with one's own expert and
// a generic one, the share is ownership. With folds, a share is taken of each fold
// (rank_within_folds() in two_sides.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/expert.h"
#include "evaluate/bootstrap.h"
#include "evaluate/deferral_curve.h"
#include "evaluate/methods.h"
#include "evaluate/replay.h"

namespace ooe::evaluate {

// Figures of one method. Intervals recompute everything in each resample, hindsight included.
struct DeferralFigures {
  std::string name;
  Interval apgr;
  Interval cpt50;
  Interval cpt80;
  Interval others_accuracy;  // the strong expert is never asked
  Interval accuracy_25;      // the others answer a quarter, half, three quarters
  Interval accuracy_50;
  Interval accuracy_75;
  Interval share_at_parity;
  Interval share_at_minus_point;
  DeferredShare honest_parity;  // thresholds from the other folds; NaN without folds
  DeferredShare honest_minus_point;
  Interval saved_at_parity;       // part of the strong expert's cost, at these hindsight shares
  Interval saved_at_minus_point;  // NaN without a cost axis
  // The kept predictor's mean accuracy over all shares less this method's, paired: a steadier
  // figure than any single share.
  Interval lead;
};

struct Deferral {
  ExpertId strong;
  std::size_t n_queries = 0;  // rows where it and another were measured
  Interval strong_accuracy;
  DeferralCurve curve;                   // of the kept predictor
  std::vector<DeferralFigures> methods;  // the kept predictor first
};

// Shape: `fold` is [n_queries of the table], or empty for one model's: then nothing is honest.
// Requires: at least two experts.
[[nodiscard]] Deferral deferral(const Replay& kept, std::span<const Rival> rivals, ExpertId strong,
                                std::span<const std::uint32_t> fold, bool priced,
                                const BootstrapOptions& options);

}  // namespace ooe::evaluate
