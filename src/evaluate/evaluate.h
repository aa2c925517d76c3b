// What routing is worth on these questions: policy::decide, the very function that serves live
// traffic, is replayed over predictions of queries the predictor did not see, and compared with
// every single expert, a random mix and the oracle. In: outcomes, predictions, prices. Out:
// Evaluation. Knows: core, policy, predictor.
//
// Real scores are used to score decisions and never to make one: multipliers are calibrated on the
// predictions alone. The one figure chosen with hindsight is the best single expert, and that
// favours the side we compare with.
//
// Figures are means over queries; intervals are 95%, by bootstrap over queries. Unit of cost: USD
// per 1,000 queries.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/outcome.h"
#include "core/prediction.h"
#include "evaluate/bootstrap.h"
#include "evaluate/deferral.h"
#include "evaluate/methods.h"

namespace ooe::evaluate {

// One expert's accuracy on the questions of one split, as published tables state it.
struct SplitAccuracy {
  std::string split;
  std::size_t n_measured = 0;
  double accuracy = 0.0;
};

// One expert alone, over all the rows it was measured on.
struct SingleExpert {
  std::string name;
  std::size_t n_measured = 0;
  double accuracy = 0.0;                   // mean score; NaN when never measured
  double usd_per_1k = 0.0;                 // NaN when that of any answer is unknown
  PredictionQuality prediction;            // of its own scores
  std::vector<SplitAccuracy> splits = {};  // by name, those it was measured on
};

// Routing with one trade-off.
struct Routed {
  double quality_per_usd = 0.0;
  Interval accuracy;
  Interval usd_per_1k;      // NaN when that of any answer given is unknown
  Interval gain;            // accuracy less the best single expert's, same queries
  Interval to_oracle;       // the oracle's accuracy less this one
  Interval recall_failure;  // parts of 1 - accuracy, see regret.h
  Interval prediction_loss;
  Interval policy_loss;
  std::vector<double> share;  // [n_experts], of queries answered
};

// Answers whose prediction fell into one of kCalibrationBins equal bins, as a reliability diagram
// shows them (Murphy and Winkler 1977). Empty bins are left out.
struct ReliabilityBin {
  double quality = 0.0;  // mean prediction
  double score = 0.0;    // mean of what happened
  std::size_t n = 0;
};

// An expert with a higher accuracy than the best single one, on too few of the evaluated rows to be
// compared with it.
struct NotCounted {
  ExpertId expert;
  std::size_t n_measured = 0;
  std::size_t n_most = 0;  // of the expert measured most
  double accuracy = 0.0;
};

struct Evaluation {
  std::size_t n_questions = 0;  // rows of the table
  std::size_t n_evaluated = 0;  // rows that routing was evaluated on, see rows.h
  bool complete_rows = true;    // every expert measured on each of them

  std::vector<SingleExpert> experts;  // [n_experts], in the table's order
  PredictionQuality prediction;       // over all measured cells; auc: mean of the experts'
  std::vector<ReliabilityBin> reliability;

  Interval random_mix;  // a candidate drawn evenly
  Interval oracle;      // the best candidate, with hindsight

  // The highest accuracy on the evaluated rows, among the experts measured on at least half as many
  // of them as the one measured most (predictor::is_comparable); of equals the cheaper one.
  ExpertId best_single;
  std::vector<NotCounted> not_counted;  // would be it, by their accuracy
  std::size_t best_single_n = 0;        // evaluated rows it was measured on; `gain` is over these
  Interval best_single_accuracy;
  Interval best_single_usd_per_1k;

  std::vector<std::string> unpriced;  // experts of unknown cost; if any, there is no cost axis
  // Where no usage is on record: the length that costs are reckoned with, of every answer.
  std::optional<double> assumed_output_tokens;
  Routed at_best_quality;                     // money does not count
  std::optional<Routed> at_best_single_cost;  // budget: what the best single expert would cost
  std::vector<Routed> frontier;               // cheapest first

  MethodTable methods;               // other predictors beside the kept one
  std::optional<Deferral> deferral;  // none with a single expert
};

struct EvaluateOptions {
  std::size_t frontier_points = 16;
  BootstrapOptions bootstrap;
  std::vector<Rival> rivals = {};        // other predictors, on the same folds
  std::vector<std::uint32_t> fold = {};  // [n_queries], of cross-validation; empty: a model's
  std::optional<ExpertId> strong = {};   // of the deferral curve; empty: the best single expert
};

// Shape: `predictions` is [n_queries, n_experts], row-major, cost left empty.
// With folds, the mean of the true subject (methods.h) joins the rivals as a yardstick.
// Errors: invalid_argument when there is no row to evaluate on, or a prediction, a rival's too, is
// not finite.
[[nodiscard]] Result<Evaluation> evaluate(const Dataset& data,
                                          std::span<const Prediction> predictions,
                                          const EvaluateOptions& options = {});

}  // namespace ooe::evaluate
