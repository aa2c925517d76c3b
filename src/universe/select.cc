#include "universe/select.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>

#include "base/check.h"

namespace ooe::universe {
namespace {

// A set that grows, and what one more expert would add. Per query it keeps what the set gets there,
// so that a gain costs one pass over one column.
class OracleSet {
 public:
  explicit OracleSet(const Utilities& utilities)
      : utilities_(utilities), best_(utilities.n_queries, static_cast<float>(utilities.floor)) {}

  [[nodiscard]] double gain(ExpertId expert) const {
    const auto column = utilities_.realised_of(expert);
    double sum = 0.0;
    for (std::size_t query = 0; query < column.size(); ++query) {
      const float raise = column[query] - best_[query];
      if (raise > 0.0F) sum += raise;  // false for NaN
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

class PredictableSet {
 public:
  explicit PredictableSet(const Utilities& utilities)
      : utilities_(utilities), asked_(utilities.n_queries) {}

  [[nodiscard]] double gain(ExpertId expert) const {
    const auto column = utilities_.realised_of(expert);
    double sum = 0.0;
    for (std::size_t query = 0; query < column.size(); ++query) {
      if (takes_over(query, expert)) sum += column[query] - value_at(query);
    }
    return sum / static_cast<double>(column.size());
  }

  void add(ExpertId expert) {
    for (std::size_t query = 0; query < asked_.size(); ++query) {
      if (takes_over(query, expert)) asked_[query] = expert;
    }
  }

 private:
  [[nodiscard]] bool takes_over(std::size_t query, ExpertId expert) const {
    if (std::isnan(utilities_.realised_of(expert)[query])) return false;
    return !asked_[query] || predicted_before(utilities_, query, expert, *asked_[query]);
  }
  [[nodiscard]] double value_at(std::size_t query) const {
    return asked_[query] ? static_cast<double>(utilities_.realised_of(*asked_[query])[query])
                         : utilities_.floor;
  }

  const Utilities& utilities_;
  std::vector<std::optional<ExpertId>> asked_;
};

struct Constraints {
  std::vector<ExpertId> include;
  std::vector<ExpertId> free;  // neither included nor excluded
  std::size_t places = 0;      // that greedy may fill
};

Result<std::vector<ExpertId>> find_all(std::span<const std::string> experts,
                                       const std::vector<std::string>& names) {
  std::vector<ExpertId> ids;
  for (const std::string& name : names) {
    const auto found = std::ranges::find(experts, name);
    if (found == experts.end()) {
      return fail(ErrorCode::not_found, "no expert is named '{}' in these outcomes", name);
    }
    const ExpertId id{static_cast<std::int32_t>(found - experts.begin())};
    if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
  }
  return ids;
}

Result<Constraints> constraints_of(std::span<const std::string> experts,
                                   const SelectOptions& options) {
  if (options.size_max == 0) {
    return fail(ErrorCode::invalid_argument,
                "a universe of size 0 answers nobody; ask for 1 or more");
  }
  auto include = find_all(experts, options.include);
  if (!include) return fail(include.error());
  const auto exclude = find_all(experts, options.exclude);
  if (!exclude) return fail(exclude.error());
  for (const ExpertId expert : *include) {
    if (std::ranges::find(*exclude, expert) != exclude->end()) {
      return fail(ErrorCode::invalid_argument, "'{}' is both included and excluded; drop one",
                  experts[expert.index()]);
    }
  }
  if (include->size() > options.size_max) {
    return fail(ErrorCode::invalid_argument, "{} experts are included and size {} has no room",
                include->size(), options.size_max);
  }
  Constraints constraints{std::move(*include), {}, 0};
  constraints.places = options.size_max - constraints.include.size();
  for (std::size_t i = 0; i < experts.size(); ++i) {
    const ExpertId expert{static_cast<std::int32_t>(i)};
    const bool taken = std::ranges::find(constraints.include, expert) != constraints.include.end();
    const bool barred = std::ranges::find(*exclude, expert) != exclude->end();
    if (!taken && !barred) constraints.free.push_back(expert);
  }
  return constraints;
}

// Told the value of a set and what every remaining expert would add to it.
using Watch = std::function<void(double value, const std::vector<double>& gains)>;

template <class Set>
Universe grow(const Utilities& utilities, const Constraints& constraints, const Watch& watch) {
  Set set(utilities);
  Universe universe;
  universe.utility = utilities.floor;
  const auto add = [&](ExpertId expert, double gain) {
    set.add(expert);
    universe.members.push_back({expert, gain});
    universe.utility += gain;
  };
  for (const ExpertId expert : constraints.include) add(expert, set.gain(expert));

  std::vector<ExpertId> remaining = constraints.free;
  for (std::size_t place = 0;; ++place) {
    std::vector<double> gains;
    gains.reserve(remaining.size());
    for (const ExpertId expert : remaining) gains.push_back(set.gain(expert));
    watch(universe.utility, gains);
    const auto best = std::ranges::max_element(gains);
    // Somebody has to answer: the first expert is taken even if it adds nothing.
    const bool enough = !universe.members.empty() && best != gains.end() && *best <= 0.0;
    if (place == constraints.places || best == gains.end() || enough) return universe;
    const auto chosen = remaining.begin() + (best - gains.begin());
    add(*chosen, *best);
    remaining.erase(chosen);
  }
}

// f(any set of the size) <= f(S) + the `places` largest gains on top of S, by submodularity.
double bound_from(double value, std::vector<double> gains, std::size_t places) {
  const std::size_t count = std::min(places, gains.size());
  std::ranges::partial_sort(gains, gains.begin() + static_cast<std::ptrdiff_t>(count),
                            std::ranges::greater{});
  for (std::size_t i = 0; i < count; ++i) value += gains[i];
  return value;
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
  if (constraints->include.empty() && constraints->free.empty()) {
    return fail(ErrorCode::invalid_argument, "every expert is excluded; leave some to choose from");
  }

  double bound = std::numeric_limits<double>::infinity();
  const Watch tighten = [&](double value, const std::vector<double>& gains) {
    bound = std::min(bound, bound_from(value, gains, constraints->places));
  };
  Universe universe = grow<OracleSet>(utilities, *constraints, tighten);
  if (options.objective == Objective::predictable) {
    const Watch nothing = [](double, const std::vector<double>&) {};
    universe = grow<PredictableSet>(utilities, *constraints, nothing);
  }
  universe.utility_bound = bound;
  return universe;
}

}  // namespace ooe::universe
