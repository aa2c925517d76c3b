#include "universe/select.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <queue>

#include "base/check.h"
#include "universe/constraints.h"

namespace ooe::universe {
namespace {

// A set that grows, and what one more expert would add. Per query it keeps what the set gets there,
// so that a gain costs one pass over one column.
class OracleSet {
 public:
  static constexpr bool kGainsOnlyFall = true;

  explicit OracleSet(const Utilities& utilities)
      : utilities_(utilities), best_(utilities.n_queries, static_cast<float>(utilities.floor)) {}

  [[nodiscard]] double gain(ExpertId expert) const {
    const auto column = utilities_.realised_of(expert);
    double sum = 0.0;
    for (std::size_t query = 0; query < column.size(); ++query) {
      const float raise = column[query] - best_[query];
      if (raise > 0.0F) sum += utilities_.weight_of(query) * raise;  // false for NaN
    }
    return sum / static_cast<double>(column.size());
  }

  void add(ExpertId expert) {
    const auto column = utilities_.realised_of(expert);
    for (std::size_t query = 0; query < column.size(); ++query) {
      if (column[query] > best_[query]) best_[query] = column[query];
    }
  }

 private:
  const Utilities& utilities_;
  std::vector<float> best_;
};

// Who is asked on each query, with what predicted_before() compares and what it brings, side by
// side: a gain reads three columns and three rows of memory and nothing else.
class PredictableSet {
 public:
  static constexpr bool kGainsOnlyFall = false;

  explicit PredictableSet(const Utilities& utilities)
      : utilities_(utilities),
        value_(utilities.n_queries, static_cast<float>(utilities.floor)),
        predicted_(utilities.n_queries, -std::numeric_limits<float>::infinity()),
        cost_usd_(utilities.n_queries, std::numeric_limits<float>::infinity()),
        asked_(utilities.n_queries, ExpertId{std::numeric_limits<std::int32_t>::max()}) {}

  [[nodiscard]] double gain(ExpertId expert) const {
    double sum = 0.0;
    for_each_taken_over(expert, [&](std::size_t query, float value) {
      sum += utilities_.weight_of(query) * (value - value_[query]);
    });
    return sum / static_cast<double>(value_.size());
  }

  void add(ExpertId expert) {
    for_each_taken_over(expert, [&](std::size_t query, float value) {
      value_[query] = value;
      predicted_[query] = utilities_.predicted_of(expert)[query];
      cost_usd_[query] = utilities_.cost_of(expert)[query];
      asked_[query] = expert;
    });
  }

 private:
  // The order is that of predicted_before().
  template <class Work>
  void for_each_taken_over(ExpertId expert, Work work) const {
    const auto realised = utilities_.realised_of(expert);
    const auto predicted = utilities_.predicted_of(expert);
    const auto cost_usd = utilities_.cost_of(expert);
    for (std::size_t query = 0; query < realised.size(); ++query) {
      if (predicted[query] < predicted_[query] || std::isnan(realised[query])) continue;
      if (predicted[query] == predicted_[query] &&
          (cost_usd[query] > cost_usd_[query] ||
           (cost_usd[query] == cost_usd_[query] && asked_[query] < expert))) {
        continue;
      }
      work(query, realised[query]);
    }
  }

  const Utilities& utilities_;
  std::vector<float> value_;
  std::vector<float> predicted_;
  std::vector<float> cost_usd_;
  std::vector<ExpertId> asked_;
};

enum class Rule { by_gain, by_gain_per_usd };

// One greedy run. A gain is fresh when it was computed on top of the set as it is; a stale one is
// at least the fresh one where gains only fall, and worthless where they do not.
template <class Set>
class Greedy {
 public:
  Greedy(const Utilities& utilities, const Constraints& constraints, Rule rule)
      : set_(utilities), constraints_(constraints), rule_(rule), room_(constraints.room) {
    universe_.utility = utilities.floor;
    for (const ExpertId expert : constraints.include) add(expert, set_.gain(expert));
  }

  void take(ExpertId expert) {
    constraints_.take(expert, room_);
    add(expert, set_.gain(expert));
  }

  // Adds experts until there is no room or, unless `fill_up`, until nobody adds anything.
  void run(bool fill_up) {
    refresh_all();
    for (auto next = best(); next; next = best()) {
      // Somebody has to answer: the first expert is taken even if it adds nothing.
      if (next->gain <= 0.0 && !universe_.members.empty() && !fill_up) break;
      constraints_.take(next->expert, room_);
      add(next->expert, next->gain);
    }
  }

  [[nodiscard]] const Universe& universe() const { return universe_; }

  // The value of the set plus the most the others could still add, if all limits were open again
  // but for the included experts. Fresh gains make it tighter.
  [[nodiscard]] double bound() const {
    std::vector<ExpertId> experts;
    std::vector<double> gains;
    for (const ExpertId expert : constraints_.free) {
      if (is_member(expert)) continue;
      experts.push_back(expert);
      gains.push_back(set_.gain(expert));
    }
    return universe_.utility + most_that_fits(constraints_, experts, gains);
  }

 private:
  struct Candidate {
    double key = 0.0;  // what the rule looks at
    double gain = 0.0;
    ExpertId expert;
    std::size_t rank = 0;  // among equals, the lowest first
    std::size_t size = 0;  // of the set it was computed on top of

    bool operator<(const Candidate& other) const {
      return key != other.key ? key < other.key : other.rank < rank;
    }
  };

  [[nodiscard]] Candidate fresh(ExpertId expert) const {
    const double gain = set_.gain(expert);
    // An expert that costs nothing comes before all that do, and by its gain among its like.
    constexpr double kNothing = 1e-9;
    const double usd = std::max(kNothing, constraints_.fixed_usd[expert.index()]);
    return {rule_ == Rule::by_gain ? gain : gain / usd, gain, expert,
            constraints_.rank[expert.index()], universe_.members.size()};
  }

  void refresh_all() {
    heap_ = {};
    for (const ExpertId expert : constraints_.free) {
      if (!is_member(expert) && constraints_.fits(expert, room_)) heap_.push(fresh(expert));
    }
  }

  std::optional<Candidate> best() {
    if (!Set::kGainsOnlyFall) refresh_all();
    while (!heap_.empty()) {
      const Candidate top = heap_.top();
      heap_.pop();
      if (!constraints_.fits(top.expert, room_)) continue;  // room only shrinks
      if (top.size == universe_.members.size()) return top;
      heap_.push(fresh(top.expert));
    }
    return std::nullopt;
  }

  void add(ExpertId expert, double gain) {
    set_.add(expert);
    universe_.members.push_back({expert, gain});
    universe_.utility += gain;
  }

  [[nodiscard]] bool is_member(ExpertId expert) const {
    return std::ranges::find(universe_.members, expert, &UniverseMember::expert) !=
           universe_.members.end();
  }

  Set set_;
  const Constraints& constraints_;
  Rule rule_;
  Room room_;
  Universe universe_;
  std::priority_queue<Candidate> heap_;
};

// All sets of one to `size` free experts that fit, largest size first dropped when there are more
// than kSeedsMax of them.
std::vector<std::vector<ExpertId>> seeds_of(const Constraints& constraints) {
  std::vector<std::vector<ExpertId>> seeds;
  std::vector<std::vector<ExpertId>> last{{}};
  for (std::size_t size = 1; size <= 3; ++size) {
    std::vector<std::vector<ExpertId>> next;
    for (const auto& smaller : last) {
      for (const ExpertId expert : constraints.free) {
        if (!smaller.empty() && expert <= smaller.back()) continue;
        Room left = constraints.room;
        for (const ExpertId member : smaller) constraints.take(member, left);
        if (!constraints.fits(expert, left)) continue;
        next.push_back(smaller);
        next.back().push_back(expert);
        if (seeds.size() + next.size() > kSeedsMax) return seeds;
      }
    }
    seeds.insert(seeds.end(), next.begin(), next.end());
    last = std::move(next);
  }
  return seeds;
}

// The same set in greedy order, so that marginal gains can be read one after the other.
template <class Set>
Universe in_greedy_order(const Utilities& utilities, Constraints constraints,
                         const Universe& universe) {
  std::erase_if(constraints.free, [&](ExpertId expert) {
    return std::ranges::find(universe.members, expert, &UniverseMember::expert) ==
           universe.members.end();
  });
  Greedy<Set> greedy(utilities, constraints, Rule::by_gain);
  greedy.run(true);
  return greedy.universe();
}

template <class Set>
Universe choose(const Utilities& utilities, const Constraints& constraints, bool fill_up) {
  Greedy<Set> greedy(utilities, constraints, Rule::by_gain);
  greedy.run(fill_up);
  if (!constraints.budgeted) return greedy.universe();
  Universe best = greedy.universe();
  auto seeds = seeds_of(constraints);
  seeds.emplace_back();
  for (const auto& seed : seeds) {
    Greedy<Set> from_seed(utilities, constraints, Rule::by_gain_per_usd);
    for (const ExpertId expert : seed) from_seed.take(expert);
    from_seed.run(fill_up);
    if (from_seed.universe().utility > best.utility) best = from_seed.universe();
  }
  return in_greedy_order<Set>(utilities, constraints, best);
}

// All sets of up to `places` of `n`, and so many queries read for each; at most `most`.
std::uint64_t reads_to_try_all(std::size_t n, std::size_t places, std::size_t n_queries,
                               std::uint64_t most) {
  double sets = 1.0;  // of one size
  double reads = 0.0;
  for (std::size_t size = 1; size <= std::min(places, n); ++size) {
    sets *= static_cast<double>(n - size + 1) / static_cast<double>(size);
    reads += sets * static_cast<double>(n_queries);
  }
  return reads < static_cast<double>(most) ? static_cast<std::uint64_t>(reads) : most;
}

// Values this near are the same: sums of floats in another order.
constexpr double kSameValue = 1e-9;

// A set of the predictable objective: what it is worth, and whom besides the included it has.
struct Tried {
  double value = 0.0;
  std::vector<ExpertId> free;
};

// Of equals the smaller set, then the cheaper one.
bool better(const Tried& a, const Tried& b, const Constraints& constraints) {
  if (std::abs(a.value - b.value) > kSameValue) return a.value > b.value;
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

// The best of all sets where they can be tried, else the best of greedy's `universe` and of greedy
// ones begun without one of it, mended.
Universe best_predictable(const Utilities& utilities, const Constraints& constraints,
                          const Universe& universe, std::uint64_t tried_max, bool begin_again) {
  if (universe.members.empty()) return universe;
  std::optional<Tried> best;
  if (reads_to_try_all(constraints.free.size(), constraints.room.places, utilities.n_queries,
                       tried_max) < tried_max) {
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
      Greedy<PredictableSet> greedy(utilities, others, Rule::by_gain);
      greedy.run(false);
      if (greedy.universe().members.empty()) continue;
      Tried other = mended(utilities, constraints, tried_of(greedy.universe(), constraints));
      if (better(other, *best, constraints)) best = std::move(other);
    }
  }
  Universe chosen;
  for (const ExpertId expert : constraints.include) chosen.members.push_back({expert});
  for (const ExpertId expert : best->free) chosen.members.push_back({expert});
  return in_greedy_order<PredictableSet>(utilities, constraints, chosen);
}

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

// From two prefixes of the oracle's greedy order, its beginning and its end: there gains are fresh
// anyhow or worth computing. Those between would rarely be tighter.
double greedy_bound(const Utilities& utilities, const Constraints& constraints) {
  Greedy<OracleSet> greedy(utilities, constraints, Rule::by_gain);
  const double at_start = greedy.bound();
  greedy.run(false);
  std::vector<ExpertId> everybody = constraints.include;
  everybody.insert(everybody.end(), constraints.free.begin(), constraints.free.end());
  return std::min({at_start, greedy.bound(), oracle_value(utilities, everybody)});
}

double bound_of(const Utilities& utilities, const Constraints& constraints,
                std::uint64_t tried_max) {
  if (reads_to_try_all(constraints.free.size(), constraints.room.places, utilities.n_queries,
                       tried_max) >= tried_max) {
    return greedy_bound(utilities, constraints);
  }
  OracleSet included(utilities);
  for (const ExpertId expert : constraints.include) included.add(expert);
  return best_of_all(included, oracle_value(utilities, constraints.include), constraints,
                     constraints.room, 0);
}

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
  const bool oracle = options.objective == Objective::oracle;
  Universe universe = oracle ? choose<OracleSet>(utilities, *constraints, options.fill_up)
                             : choose<PredictableSet>(utilities, *constraints, options.fill_up);
  if (!oracle && !options.fill_up) {
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

Result<void> check(std::span<const std::string> experts, const SelectOptions& options) {
  const auto constraints = constraints_of(experts, options);
  if (!constraints) return fail(constraints.error());
  return check_somebody(*constraints);
}

}  // namespace ooe::universe
