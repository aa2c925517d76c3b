// What answers cost, and what they were expected to cost, on a table of outcomes.
#pragma once

#include <cmath>
#include <span>
#include <vector>

#include "core/expert.h"
#include "core/outcome.h"
#include "core/prediction.h"

namespace ooe::evaluate {

// The experts of the table as policy::decide wants them: names and prices, cleared for everything.
// An expert without a price whose answers' costs were recorded gets the price that explains them:
// all recorded dollars over all estimated prompt tokens of those queries, a price of input alone.
// It takes bills of at least half of the expert's measured answers: a price that a few bills
// explain says little of the others, and what they cost is then unknown.
[[nodiscard]] std::vector<Expert> experts_of(const Dataset& data);

// Returns `predictions` with the cost each expert was expected to charge, from its prices, the
// prompt's estimated tokens and the predicted output tokens; empty where an expert has no price.
// Shape: [n_queries, n_experts], row-major.
[[nodiscard]] std::vector<Prediction> with_costs(const Dataset& data,
                                                 std::span<const Expert> experts,
                                                 std::span<const Prediction> predictions);

// Returns what each answer cost, in USD: as recorded; else recorded tokens times prices; else (with
// no usage recorded) the expected cost. NaN without any of these.
// Shape: [n_queries, n_experts], row-major; `priced` is from with_costs().
[[nodiscard]] std::vector<float> realised_costs(const Dataset& data,
                                                std::span<const Expert> experts,
                                                std::span<const Prediction> priced);

// What each expert's measured answers cost, in USD per 1,000 queries, over the whole table; NaN
// when that of one of them is unknown. Shape: [n_experts]; `cost_usd` is from realised_costs().
[[nodiscard]] std::vector<double> costs_alone(const OutcomeMatrix& outcomes,
                                              std::span<const float> cost_usd);

// Whether the first of two costs is the lower one; an unknown one, NaN, is no lower than any. Of
// experts that do equally well the cheaper comes first, then the first in the table's order.
[[nodiscard]] inline bool costs_less(double a, double b) {
  return a < b || (!std::isnan(a) && std::isnan(b));
}

}  // namespace ooe::evaluate
