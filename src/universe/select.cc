#include "universe/select.h"

#include <algorithm>

#include "base/check.h"
#include "universe/best_predictable.h"
#include "universe/bound.h"
#include "universe/constraints.h"
#include "universe/greedy.h"

namespace ooe::universe {
namespace {

Result<void> check_somebody(const Constraints& constraints) {
  if (!constraints.include.empty() || !constraints.free.empty()) return {};
  return fail(ErrorCode::invalid_argument, "every expert is excluded; leave some to choose from");
}

}  // namespace

std::string_view to_string(Objective objective) {
  return objective == Objective::oracle ? "oracle" : "predictable";
}

Result<Universe> select(const Utilities& utilities, std::span<const std::string> experts,
                        const SelectOptions& options) {
  OOE_CHECK(experts.size() == utilities.n_experts, "a name for every column");
  OOE_CHECK(options.objective == Objective::oracle || !utilities.predicted.empty(),
            "the predictable objective needs predictions");
  const auto constraints = constraints_of(experts, options);
  if (!constraints) return fail(constraints.error());
  if (auto some = check_somebody(*constraints); !some) return fail(some.error());
  Universe universe = choose_greedily(utilities, *constraints, options.objective, options.fill_up);
  if (options.objective == Objective::predictable && !options.fill_up) {
    universe =
        best_predictable(utilities, *constraints, universe, options.tried_max, options.begin_again);
  }
  if (universe.members.empty()) {
    return fail(ErrorCode::invalid_argument,
                "no expert fits into what may be paid a month or into its zone; raise the limits");
  }
  universe.utility_bound = bound_of(utilities, *constraints, options.tried_max);
  return universe;
}

bool fits_beside(ExpertId expert, std::span<const UniverseMember> members,
                 std::span<const std::string> experts, const SelectOptions& options) {
  const auto constraints = constraints_of(experts, options);
  OOE_CHECK(constraints.has_value(), "options that select() takes");
  Room left = constraints->room;
  for (const UniverseMember& member : members) {
    const bool counted = std::ranges::find(constraints->include, member.expert) !=
                         constraints->include.end();  // in the room that is left
    if (!counted) constraints->take(member.expert, left);
  }
  left.places = 1;
  return std::ranges::find(constraints->free, expert) != constraints->free.end() &&
         constraints->fits(expert, left);
}

Result<void> check(std::span<const std::string> experts, const SelectOptions& options) {
  const auto constraints = constraints_of(experts, options);
  if (!constraints) return fail(constraints.error());
  return check_somebody(*constraints);
}

}  // namespace ooe::universe
