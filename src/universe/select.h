// Greedy choice of the universe: again and again the expert that raises the value of the set most.
// For the oracle objective the result is within (1 - 1/e) of the best set of its size (Nemhauser,
// Wolsey, Fisher 1978), and a bound computed from the data says how close it is here, usually far
// closer.
//
// For the predictable objective greedy has no such guarantee, and the first one chosen may do harm
// later: where it promises too much it takes queries from those who would do better. So every set
// is tried where there is time for it, and the best one is chosen. Else the best is kept of
// greedy's set and of those that greedy finds without one of it, each mended: an expert dropped,
// added or swapped at a time, while that raises its value. There may be better sets then, but no
// member harms the one that is chosen.
//
// The oracle's gains only fall while a set grows, so most need not be computed again: lazy greedy
// (Minoux 1978) finds the same set. With a limit on fixed monthly cost, greedy alone can be
// arbitrarily bad; then the best is kept of greedy by gain and greedy by gain per USD, the latter
// begun from every small set there is time for: from all triples it keeps (1 - 1/e) (Sviridenko
// 2004). With zone limits the guarantee of greedy is 1/2 (Fisher, Nemhauser, Wolsey 1978).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/money.h"
#include "base/result.h"
#include "core/outcome.h"
#include "core/prediction.h"
#include "core/universe.h"
#include "universe/objective.h"

namespace ooe::universe {

enum class Objective { predictable, oracle };

[[nodiscard]] std::string_view to_string(Objective objective);

struct ZoneLimit {
  std::string zone;
  std::size_t experts_max = 0;
};

struct SelectOptions {
  Objective objective = Objective::predictable;
  std::size_t size_max = 4;
  std::vector<std::string> include = {};  // these first, in this order; they count in size_max
  std::vector<std::string> exclude = {};

  // What an expert costs even while idle, [n_experts], a month, and what all may cost together.
  // Set both for experts on machines of one's own; an empty list means nobody costs anything.
  std::vector<Usd> fixed_per_month = {};
  std::optional<Usd> fixed_per_month_max = {};

  std::vector<std::string> zones = {};  // [n_experts]; empty: nobody is in one
  std::vector<ZoneLimit> zone_limits = {};

  // Greedy to the full size though nobody adds anything: for a curve of value against size.
  bool fill_up = false;

  // What an answer of each expert costs, [n_experts], in any unit, NaN when unknown: of equals the
  // cheaper is chosen. Empty: the one with the lower index.
  std::vector<double> answer_cost = {};

  // Scores that may be read to find utility_bound by trying every set, and so many again to find
  // the best set of the predictable objective; where it would take more, greedy's is taken. This
  // many take half a second, the predictable ones two.
  std::uint64_t tried_max = 500'000'000;
  // Of the predictable objective, where not all sets are tried: greedy is also begun without each
  // one of its set, which costs as much again for each.
  bool begin_again = true;
};

// Small sets that greedy by gain per USD is begun from, at most.
inline constexpr std::size_t kSeedsMax = 1'000;

// Returns at most size_max experts: `include`, then the others in greedy order, until nobody adds
// anything. Ties go to the cheaper expert, then to the lower index. Marginal gains add up to the
// utility less that of the empty set, which is utilities.floor. Unless `fill_up`, no member but an
// included one is left whose leaving would raise the value.
//
// `utility_bound`: no set that respects all limits has a higher oracle value. Where every set can
// be tried (tried_max), the best one has it. Else it is the lesser, of the empty set and of the
// oracle's greedy choice, of its value plus the most that experts with their gains on top of it
// could add within the limits (Leskovec et al. 2007), and never above the value of all experts
// together: for two of many, that may say little. It bounds the predictable value too, for
// prediction cannot beat hindsight, but not tightly.
//
// Shape: `experts` names the columns, [n_experts].
// Requires: with the predictable objective, utilities made with predictions; answer_cost empty or
// [n_experts].
// Errors: invalid_argument for size 0, an unknown name, a name both included and excluded, included
// ones that do not fit the limits, nobody who fits, or a cost that is negative;
// not_found for an unknown name or a zone nobody is in.
// Cost: O(size_max * n_queries * n_experts), far less for the oracle, and tried_max.
[[nodiscard]] Result<Universe> select(const Utilities& utilities,
                                      std::span<const std::string> experts,
                                      const SelectOptions& options);

// Whether `expert` may join `members` within all limits but that on their number. Requires: options
// that select() takes.
[[nodiscard]] bool fits_beside(ExpertId expert, std::span<const UniverseMember> members,
                               std::span<const std::string> experts, const SelectOptions& options);

// Says beforehand what select() would say of its options, whatever the outcomes are. Errors: those
// of select(), but for nobody who fits.
[[nodiscard]] Result<void> check(std::span<const std::string> experts,
                                 const SelectOptions& options);

}  // namespace ooe::universe
