// What no set within the limits can exceed: select()'s utility_bound. Internal to universe/.
#pragma once

#include <cstdint>

#include "universe/constraints.h"
#include "universe/objective.h"

namespace ooe::universe {

// The oracle value of the best set where all can be tried (all_can_be_tried()), else greedy's bound
// on it.
[[nodiscard]] double bound_of(const Utilities& utilities, const Constraints& constraints,
                              std::uint64_t tried_max);

}  // namespace ooe::universe
