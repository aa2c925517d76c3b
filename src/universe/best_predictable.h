// The predictable objective beyond greedy, which guarantees nothing there: every set tried, or
// greedy's sets mended. See select.h. Internal to universe/.
#pragma once

#include <cstdint>

#include "core/universe.h"
#include "universe/constraints.h"
#include "universe/objective.h"

namespace ooe::universe {

// The best of all sets where they can be tried (all_can_be_tried()), else the best of greedy's
// `universe` and, with `begin_again`, of greedy ones begun without one of it, mended.
[[nodiscard]] Universe best_predictable(const Utilities& utilities, const Constraints& constraints,
                                        const Universe& universe, std::uint64_t tried_max,
                                        bool begin_again);

}  // namespace ooe::universe
