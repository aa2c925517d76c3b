// Other ways to predict, on the same folds, beside the predictor that is kept: what a reader needs
// to believe that it earns its place. In: predictions by each method. Out: MethodFigures.
//
// Each method's predictions go through the same policy::decide as the kept one's.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/outcome.h"
#include "evaluate/aiq.h"
#include "evaluate/bootstrap.h"
#include "evaluate/replay.h"
#include "predictor/metrics.h"
#include "predictor/rivals.h"

namespace ooe::evaluate {

// Held-out predictions by a method that was not kept.
using Rival = predictor::Rival;

// See predictor/metrics.h for each.
struct PredictionQuality {
  double log_loss = 0.0;
  double brier = 0.0;
  double auc = 0.0;  // mean of the experts', each within folds
  double calibration_error = 0.0;
};

struct MethodFigures {
  std::string name;
  PredictionQuality prediction;  // over all measured cells
  Interval accuracy;             // money does not count
  Interval gain;                 // less the best single expert's, same queries
  Interval lead;                 // of the kept predictor over this method, in accuracy, paired
  // Of the kept predictor over this method, in log loss, over all measured cells.
  predictor::Gain log_loss_lead;

  // NaN without a cost axis. AIQ (aiq.h) over the range from the cheapest expert alone to the
  // dearest; a router's hull is that of its points at hull_multipliers() and of the cheapest
  // expert.
  Interval usd_per_1k;
  Interval aiq;
  Interval aiq_over_zero;  // less that of the zero router, the hull of single experts
};

struct MethodTable {
  std::vector<MethodFigures> methods;    // the kept predictor first
  std::vector<CostQuality> zero_router;  // USD per 1,000 queries; empty without a cost axis
  Interval zero_aiq = kNoInterval;
};

// `kept` is the replay of the kept predictor. `best_single` is whom gains are over. `priced`:
// every candidate has a cost, so that there is a cost axis. Shape: `fold` is [n_queries of the
// table], or empty for one model's predictions.
[[nodiscard]] MethodTable compare_methods(const Replay& kept, std::span<const Rival> rivals,
                                          ExpertId best_single, std::span<const std::uint32_t> fold,
                                          bool priced, const BootstrapOptions& options);

// The name of the yardstick below among methods.
inline constexpr std::string_view kTrueSubject = "true subject";

// The methods that surely predict better than the kept predictor, by log loss. The true subject is
// none: no live query has it.
[[nodiscard]] std::vector<MethodFigures> better_methods(const MethodTable& table);

// How good predictions are over all measured cells of the table. Shape: `fold` as above.
[[nodiscard]] PredictionQuality prediction_quality(const Replay& replay,
                                                   std::span<const std::uint32_t> fold = {});

// The best an honest label can do: an expert's mean score on the subject's questions in the other
// folds, shrunk to its mean over all of them as if by kSubjectPrior more outcomes. A live query has
// no subject, so this is a yardstick and no method. Empty without subjects or with one fold.
// Shape: fold is [n_queries]; returns [n_queries, n_experts].
inline constexpr double kSubjectPrior = 20.0;
[[nodiscard]] std::vector<float> subject_means(const Dataset& data,
                                               std::span<const std::uint32_t> fold);

}  // namespace ooe::evaluate
