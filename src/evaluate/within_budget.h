// The best universe whose answers stay within a budget. In: outcomes, costs, predictions and what
// 1,000 queries may cost. Out: a universe and the trade-off it is asked with.
//
// A set costs less the more a USD is said to be worth, and so is another set chosen. Universes are
// selected at the same trade-offs whatever the budget is, and of those that stay within it the one
// that scores most is kept: more money never buys a worse one.
#pragma once

#include <span>

#include "base/result.h"
#include "core/outcome.h"
#include "core/prediction.h"
#include "core/universe.h"
#include "evaluate/selection.h"
#include "universe/select.h"

namespace ooe::evaluate {

struct WithinBudget {
  double quality_per_usd = 0.0;  // 0: money is no object
  Universe universe;
  SetFigures figures;  // on these very questions, with that trade-off
};

// Returns the universe that scores most among those that select() gives at some trade-off and that
// stay within `usd_per_1k_max`; of those that score within a millionth of it the cheapest.
// Shape: `cost_usd` and `predictions` as for universe::utilities(), predictions empty for
// hindsight. Errors: invalid_argument when a cost is unknown, or none of the universes found is as
// cheap (says what the cheapest costs); those of select(). Cost: about a hundred selections, on all
// cores.
[[nodiscard]] Result<WithinBudget> best_within(const OutcomeMatrix& outcomes,
                                               std::span<const float> cost_usd,
                                               std::span<const Prediction> predictions,
                                               universe::SelectOptions options,
                                               double usd_per_1k_max);

}  // namespace ooe::evaluate
