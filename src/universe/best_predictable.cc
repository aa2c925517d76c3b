#include "universe/best_predictable.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "universe/greedy.h"
#include "universe/growing_set.h"

namespace ooe::universe {
namespace {

// Values this near are the same: sums in another order. Where money counts a lot, they are large.
bool same_value(double a, double b) {
  return std::abs(a - b) <= std::max(1e-9, 1e-14 * std::abs(a));
}

// A set of the predictable objective: what it is worth, and whom besides the included it has.
struct Tried {
  double value = 0.0;
  std::vector<ExpertId> free;
};

// Of equals the smaller set, then the cheaper one.
bool better(const Tried& a, const Tried& b, const Constraints& constraints) {
  if (!same_value(a.value, b.value)) return a.value > b.value;
  if (a.free.size() != b.free.size()) return a.free.size() < b.free.size();
  const auto ranks = [&](const Tried& tried) {
    std::vector<std::size_t> sorted;
    for (const ExpertId expert : tried.free) sorted.push_back(constraints.rank[expert.index()]);
    std::ranges::sort(sorted);
    return sorted;
  };
  return ranks(a) < ranks(b);
}

// Tries `tried`, which `set` holds and which leaves `room`, with free experts from place `first`
// on.
void try_all(const PredictableSet& set, Tried& tried, const Constraints& constraints,
             const Room& room, std::size_t first, std::optional<Tried>& best) {
  const double before = tried.value;
  for (std::size_t i = first; i < constraints.free.size(); ++i) {
    const ExpertId expert = constraints.free[i];
    if (!constraints.fits(expert, room)) continue;
    tried.value = before + set.gain(expert);
    tried.free.push_back(expert);
    if (!best || better(tried, *best, constraints)) best = tried;
    Room left = room;
    constraints.take(expert, left);
    if (left.places > 0 && i + 1 < constraints.free.size()) {
      PredictableSet larger = set;
      larger.add(expert);
      try_all(larger, tried, constraints, left, i + 1, best);
    }
    tried.free.pop_back();
  }
  tried.value = before;
}

// The included experts and these, what they are worth and what they leave.
struct Standing {
  PredictableSet set;
  Room room;
  double value = 0.0;
};

Standing standing_of(const Utilities& utilities, const Constraints& constraints,
                     std::span<const ExpertId> free) {
  Standing standing{PredictableSet(utilities), constraints.room, utilities.floor};
  const auto add = [&](ExpertId expert) {
    standing.value += standing.set.gain(expert);
    standing.set.add(expert);
  };
  for (const ExpertId expert : constraints.include) add(expert);
  for (const ExpertId expert : free) {
    add(expert);
    constraints.take(expert, standing.room);
  }
  return standing;
}

// The best set that is one step from `tried`: one more, one less, or one for another. At least one
// expert stays.
Tried best_neighbour(const Utilities& utilities, const Constraints& constraints, const Tried& tried,
                     bool only_drop) {
  Tried best = tried;
  const auto is_in = [&](ExpertId expert) {
    return std::ranges::find(tried.free, expert) != tried.free.end();
  };
  const auto try_one_more = [&](const Standing& standing, const std::vector<ExpertId>& free) {
    for (const ExpertId expert : constraints.free) {
      if (is_in(expert) || !constraints.fits(expert, standing.room)) continue;
      Tried larger{standing.value + standing.set.gain(expert), free};
      larger.free.push_back(expert);
      if (better(larger, best, constraints)) best = std::move(larger);
    }
  };
  if (!only_drop) {
    try_one_more(standing_of(utilities, constraints, tried.free), tried.free);
  }
  for (std::size_t i = 0; i < tried.free.size(); ++i) {
    std::vector<ExpertId> rest = tried.free;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
    const Standing standing = standing_of(utilities, constraints, rest);
    const bool somebody = !rest.empty() || !constraints.include.empty();
    if (somebody && better({standing.value, rest}, best, constraints)) {
      best = {standing.value, rest};
    }
    if (!only_drop) try_one_more(standing, rest);
  }
  return best;
}

// Each step reads as much as a greedy run; few sets take more than a handful.
constexpr int kStepsMax = 32;

// What a predictable set becomes that one step at a time makes better; last whoever harms goes.
Tried mended(const Utilities& utilities, const Constraints& constraints, Tried tried) {
  for (int step = 0; step < kStepsMax; ++step) {
    Tried next = best_neighbour(utilities, constraints, tried, false);
    if (next.free == tried.free) return tried;
    tried = std::move(next);
  }
  for (std::size_t size = tried.free.size() + 1; size > tried.free.size();) {
    size = tried.free.size();
    tried = best_neighbour(utilities, constraints, tried, true);
  }
  return tried;
}

Tried tried_of(const Universe& universe, const Constraints& constraints) {
  Tried tried{universe.utility, {}};
  for (const UniverseMember& member : universe.members) {
    if (std::ranges::find(constraints.include, member.expert) == constraints.include.end()) {
      tried.free.push_back(member.expert);
    }
  }
  return tried;
}

}  // namespace

Universe best_predictable(const Utilities& utilities, const Constraints& constraints,
                          const Universe& universe, std::uint64_t tried_max, bool begin_again) {
  if (universe.members.empty()) return universe;
  std::optional<Tried> best;
  if (all_can_be_tried(constraints, utilities.n_queries, tried_max)) {
    const Standing included = standing_of(utilities, constraints, {});
    Tried none{included.value, {}};
    if (!constraints.include.empty()) best = none;
    try_all(included.set, none, constraints, constraints.room, 0, best);
  } else {
    best = mended(utilities, constraints, tried_of(universe, constraints));
    // Whom greedy takes first may be in the way of all who follow: begun without, it gets past.
    for (const ExpertId expert : tried_of(universe, constraints).free) {
      if (!begin_again) break;
      Constraints others = constraints;
      std::erase(others.free, expert);
      const Universe begun = greedy_by_gain(utilities, others);
      if (begun.members.empty()) continue;
      Tried other = mended(utilities, constraints, tried_of(begun, constraints));
      if (better(other, *best, constraints)) best = std::move(other);
    }
  }
  Universe chosen;
  for (const ExpertId expert : constraints.include) chosen.members.push_back({expert});
  for (const ExpertId expert : best->free) chosen.members.push_back({expert});
  return in_greedy_order(utilities, constraints, chosen);
}

}  // namespace ooe::universe
