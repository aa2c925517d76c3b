// What would have to change for the decision to be another one: for every expert that may answer,
// the predicted quality and the cost at which the first place would change hands, all else as it
// is. Pure, and exact: decide() agrees on either side of the figure.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/decision.h"
#include "core/expert.h"
#include "core/prediction.h"
#include "policy/decide.h"

namespace ooe::policy {

// Of an expert that is not first: from here on it would be. Of the first: below this quality, or
// above this cost, it would not.
struct Counterfactual {
  std::optional<double> quality;   // may lie outside [0, 1]: then no prediction can do it
  std::optional<double> cost_usd;  // of this query; empty: no price can, not even 0
};

// Returns one an expert; both empty for masked experts, whose verdict says what stands in the way,
// where the anchor or a pin decides, and where there is nobody to trade places with. Ties of
// utility, which other rules break, are left out: the figures are where utilities are equal.
// Requires: `decision` is decide()'s for these arguments.
[[nodiscard]] std::vector<Counterfactual> explain(const Decision& decision,
                                                  std::span<const Prediction> predictions,
                                                  const Tradeoff& tradeoff,
                                                  const DecideOptions& options = {});

}  // namespace ooe::policy
