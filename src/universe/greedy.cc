#include "universe/greedy.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <queue>
#include <utility>
#include <vector>

#include "universe/growing_set.h"

namespace ooe::universe {
namespace {

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
    const double usd = std::max(kNothing, to_double(constraints_.fixed[expert.index()]));
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

template <class Set>
Universe in_order(const Utilities& utilities, Constraints constraints, const Universe& universe) {
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
  return in_order<Set>(utilities, constraints, best);
}

}  // namespace

Universe choose_greedily(const Utilities& utilities, const Constraints& constraints,
                         Objective objective, bool fill_up) {
  return objective == Objective::oracle ? choose<OracleSet>(utilities, constraints, fill_up)
                                        : choose<PredictableSet>(utilities, constraints, fill_up);
}

Universe greedy_by_gain(const Utilities& utilities, const Constraints& constraints) {
  Greedy<PredictableSet> greedy(utilities, constraints, Rule::by_gain);
  greedy.run(false);
  return greedy.universe();
}

Universe in_greedy_order(const Utilities& utilities, const Constraints& constraints,
                         const Universe& universe) {
  return in_order<PredictableSet>(utilities, constraints, universe);
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

}  // namespace ooe::universe
