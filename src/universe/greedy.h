// The greedy part of select(): see select.h for what it guarantees. Internal to universe/.
#pragma once

#include "core/universe.h"
#include "universe/constraints.h"
#include "universe/objective.h"
#include "universe/select.h"

namespace ooe::universe {

// Unless `fill_up`, until nobody adds anything. Where fixed costs are limited: the best of greedy
// by gain and of greedy by gain per USD, begun from every small set there is time for.
[[nodiscard]] Universe choose_greedily(const Utilities& utilities, const Constraints& constraints,
                                       Objective objective, bool fill_up);

// By gain alone, of the predictable objective.
[[nodiscard]] Universe greedy_by_gain(const Utilities& utilities, const Constraints& constraints);

// The same set in greedy order, so that marginal gains can be read one after the other; by the
// predictable objective.
[[nodiscard]] Universe in_greedy_order(const Utilities& utilities, const Constraints& constraints,
                                       const Universe& universe);

// An upper bound on the oracle value of every set within the limits, by greedy and its gains.
[[nodiscard]] double greedy_bound(const Utilities& utilities, const Constraints& constraints);

}  // namespace ooe::universe
