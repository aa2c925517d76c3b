#include "universe/bound.h"

#include <algorithm>
#include <cstddef>

#include "universe/greedy.h"
#include "universe/growing_set.h"

namespace ooe::universe {
namespace {

// The most that `set`, worth `utility`, comes to with free experts from place `first` on.
double best_of_all(const OracleSet& set, double utility, const Constraints& constraints,
                   const Room& room, std::size_t first) {
  double best = utility;
  for (std::size_t i = first; i < constraints.free.size(); ++i) {
    const ExpertId expert = constraints.free[i];
    if (!constraints.fits(expert, room)) continue;
    const double with = utility + set.gain(expert);
    best = std::max(best, with);
    Room left = room;
    constraints.take(expert, left);
    if (left.places == 0) continue;
    OracleSet larger = set;
    larger.add(expert);
    best = std::max(best, best_of_all(larger, with, constraints, left, i + 1));
  }
  return best;
}

}  // namespace

double bound_of(const Utilities& utilities, const Constraints& constraints,
                std::uint64_t tried_max) {
  if (!all_can_be_tried(constraints, utilities.n_queries, tried_max)) {
    return greedy_bound(utilities, constraints);
  }
  OracleSet included(utilities);
  for (const ExpertId expert : constraints.include) included.add(expert);
  return best_of_all(included, oracle_value(utilities, constraints.include), constraints,
                     constraints.room, 0);
}

}  // namespace ooe::universe
