// Greedy choice of the universe: again and again the expert that raises the value of the set most.
// For the oracle objective the result is within (1 - 1/e) of the best set of its size (Nemhauser,
// Wolsey, Fisher 1978), and a bound computed from the data says how close it is here, usually far
// closer. For the predictable objective there is no such guarantee.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/outcome.h"
#include "core/prediction.h"
#include "core/universe.h"
#include "universe/objective.h"

namespace ooe::universe {

enum class Objective { predictable, oracle };

[[nodiscard]] std::string_view to_string(Objective objective);

struct SelectOptions {
  Objective objective = Objective::predictable;
  std::size_t size_max = 4;
  std::vector<std::string> include = {};  // these first, in this order; they count in size_max
  std::vector<std::string> exclude = {};
};

// Returns at most size_max experts: `include`, then the others in the order chosen, until nobody
// adds anything. Ties go to the lower index. Marginal gains add up to the utility less that of the
// empty set, which is utilities.floor.
//
// `utility_bound`: no set of size_max experts that respects include and exclude has a higher oracle
// value. It is the least, over the prefixes of the oracle's greedy order, of the prefix's value
// plus the largest further gains, one for each place there is to fill (Leskovec et al. 2007). It
// bounds the predictable value too, for prediction cannot beat hindsight, but not tightly.
//
// Shape: `experts` names the columns, [n_experts].
// Requires: with the predictable objective, utilities made with predictions.
// Errors: invalid_argument for size 0, an unknown name, a name both included and excluded, or more
// included than fit. Cost: O(size_max * n_queries * n_experts).
[[nodiscard]] Result<Universe> select(const Utilities& utilities,
                                      std::span<const std::string> experts,
                                      const SelectOptions& options);

}  // namespace ooe::universe
