#include "evaluate/selection.h"

#include <algorithm>
#include <cmath>

#include "base/nan.h"

namespace ooe::evaluate {
namespace {

using universe::Objective;
using universe::Utilities;

// What a set of experts gets and pays on every query.
class Sets {
 public:
  Sets(const Utilities& utilities, Objective objective, std::span<const float> cost_usd)
      : utilities_(utilities), objective_(objective), cost_usd_(cost_usd) {}

  [[nodiscard]] std::vector<ExpertId> answers(std::span<const ExpertId> set) const {
    return objective_ == Objective::oracle ? universe::oracle_answers(utilities_, set)
                                           : universe::predictable_answers(utilities_, set);
  }
  // Weighted, so that plain means of it are means over traffic. Of nobody 0, so that what the first
  // expert adds is its own value: the floor, where money counts, is that of the dearest answer, and
  // gains over it say nothing.
  [[nodiscard]] std::vector<double> values(std::span<const ExpertId> set) const {
    if (set.empty()) return std::vector<double>(utilities_.n_queries, 0.0);
    return weigh(universe::values_of(utilities_, answers(set)));
  }
  [[nodiscard]] std::vector<double> oracle_values(std::span<const ExpertId> set) const {
    return weigh(universe::values_of(utilities_, universe::oracle_answers(utilities_, set)));
  }
  [[nodiscard]] double usd_per_1k(std::span<const ExpertId> set) const {
    if (cost_usd_.empty()) return kNaN;
    const std::vector<ExpertId> asked = answers(set);
    double sum = 0.0;
    double weight = 0.0;
    for (std::size_t query = 0; query < asked.size(); ++query) {
      if (asked[query].value < 0) continue;
      const float usd =
          cost_usd_[utilities_.queries[query] * utilities_.n_experts + asked[query].index()];
      if (std::isnan(usd)) return kNaN;
      sum += utilities_.weight_of(query) * usd;
      weight += utilities_.weight_of(query);
    }
    return 1e3 * sum / weight;
  }
  // Money aside: from the scores of who answers, for beside a dear cost a utility forgets its
  // score.
  [[nodiscard]] double score(std::span<const ExpertId> set) const {
    const std::vector<ExpertId> asked = answers(set);
    double sum = 0.0;
    for (std::size_t query = 0; query < asked.size(); ++query) {
      if (asked[query].value < 0) continue;  // no answer, no score
      sum += utilities_.weight_of(query) * utilities_.score_of(asked[query])[query];
    }
    return sum / static_cast<double>(asked.size());
  }

 private:
  [[nodiscard]] std::vector<double> weigh(std::vector<double> values) const {
    for (std::size_t query = 0; query < values.size(); ++query) {
      values[query] *= utilities_.weight_of(query);
    }
    return values;
  }

  const Utilities& utilities_;
  Objective objective_;
  std::span<const float> cost_usd_;
};

double overlap_of(const Utilities& utilities, ExpertId a, ExpertId b) {
  double both = 0.0;
  double either = 0.0;
  for (std::size_t query = 0; query < utilities.n_queries; ++query) {
    const double of_a = utilities.realised_of(a)[query];
    const double of_b = utilities.realised_of(b)[query];
    if (std::isnan(of_a) || std::isnan(of_b)) continue;
    // Utilities below zero, dear and wrong, are no answers.
    both += utilities.weight_of(query) * std::max(0.0, std::min(of_a, of_b));
    either += utilities.weight_of(query) * std::max({0.0, of_a, of_b});
  }
  return either > 0.0 ? both / either : 0.0;
}

std::vector<ExpertId> experts_of(const Universe& universe) {
  std::vector<ExpertId> set;
  for (const UniverseMember& member : universe.members) set.push_back(member.expert);
  return set;
}

std::vector<SizeFigures> sizes_of(const Utilities& utilities, std::span<const std::string> experts,
                                  const std::vector<ExpertId>& chosen,
                                  universe::SelectOptions options) {
  options.include.clear();
  for (const ExpertId expert : chosen) options.include.push_back(experts[expert.index()]);
  options.size_max = std::max(options.size_max, std::min(kCurveSizeMax, experts.size()));
  options.fill_up = true;
  options.tried_max = 0;  // the bound is not asked for
  const auto longer = universe::select(utilities, experts, options);
  std::vector<SizeFigures> sizes;
  if (!longer) return sizes;
  std::vector<ExpertId> set;
  for (const UniverseMember& member : longer->members) {
    set.push_back(member.expert);
    sizes.push_back(
        {member.expert,
         utilities.predicted.empty() ? kNaN : universe::predictable_value(utilities, set),
         universe::oracle_value(utilities, set)});
  }
  return sizes;
}

std::vector<MemberFigures> members_of(const Utilities& utilities, const Sets& sets,
                                      std::span<const ExpertId> set) {
  std::vector<MemberFigures> members;
  const std::vector<ExpertId> asked = sets.answers(set);
  double total = 0.0;
  for (std::size_t query = 0; query < asked.size(); ++query) total += utilities.weight_of(query);
  for (const ExpertId expert : set) {
    MemberFigures& member = members.emplace_back();
    member.expert = expert;
    for (std::size_t query = 0; query < asked.size(); ++query) {
      if (asked[query] == expert) member.share += utilities.weight_of(query) / total;
    }
    for (const ExpertId other : set) {
      if (other == expert) continue;
      const double overlap = overlap_of(utilities, expert, other);
      if (member.most_like.value >= 0 && overlap <= member.overlap) continue;
      member.most_like = other;
      member.overlap = overlap;
    }
  }
  return members;
}

std::vector<OutsiderFigures> outsiders_of(const Utilities& utilities, const Sets& sets,
                                          std::span<const ExpertId> set,
                                          const universe::SelectOptions& options) {
  std::vector<OutsiderFigures> outsiders;
  const double usd = sets.usd_per_1k(set);
  for (std::size_t i = 0; i < utilities.n_experts; ++i) {
    const ExpertId expert{static_cast<std::int32_t>(i)};
    if (std::ranges::find(set, expert) != set.end()) continue;
    std::vector<ExpertId> larger(set.begin(), set.end());
    larger.push_back(expert);
    OutsiderFigures& outsider = outsiders.emplace_back();
    outsider.expert = expert;
    outsider.usd_per_1k = sets.usd_per_1k(larger) - usd;
    if (i < options.fixed_per_month.size()) outsider.fixed = options.fixed_per_month[i];
  }
  return outsiders;
}

}  // namespace

SelectionFigures selection_figures(const Utilities& utilities, std::span<const std::string> experts,
                                   const Universe& universe, const universe::SelectOptions& options,
                                   std::span<const float> cost_usd,
                                   const BootstrapOptions& bootstrap_options) {
  const Sets sets(utilities, options.objective, cost_usd);
  const std::vector<ExpertId> set = experts_of(universe);
  SelectionFigures figures;
  figures.usd_per_1k = sets.usd_per_1k(set);
  figures.score = sets.score(set);
  figures.members = members_of(utilities, sets, set);
  figures.outsiders = outsiders_of(utilities, sets, set, options);
  figures.sizes = sizes_of(utilities, experts, set, options);
  for (const ExpertId a : set) {
    for (const ExpertId b : set) {
      figures.overlap.push_back(a == b ? 1.0 : overlap_of(utilities, a, b));
    }
  }

  // All intervals from the same resamples: the set, its oracle, each gain, each one left out, each
  // one added.
  const std::vector<double> whole = sets.values(set);
  std::vector<std::vector<double>> columns{whole, sets.oracle_values(set)};
  std::vector<Interval*> targets{&figures.utility, &figures.oracle};
  std::vector<double> before = sets.values({});
  for (std::size_t i = 0; i < set.size(); ++i) {
    std::vector<double> with = sets.values(std::span(set).first(i + 1));
    columns.push_back(difference(with, before));
    targets.push_back(&figures.members[i].gain);
    before = std::move(with);
    std::vector<ExpertId> rest = set;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
    columns.push_back(difference(whole, sets.values(rest)));
    targets.push_back(&figures.members[i].left_out);
  }
  for (OutsiderFigures& outsider : figures.outsiders) {
    std::vector<ExpertId> larger = set;
    larger.push_back(outsider.expert);
    columns.push_back(difference(sets.values(larger), whole));
    targets.push_back(&outsider.gain);
  }
  const std::vector<Interval> intervals = bootstrap(columns, bootstrap_options);
  for (std::size_t i = 0; i < intervals.size(); ++i) *targets[i] = intervals[i];

  for (OutsiderFigures& outsider : figures.outsiders) {
    outsider.gain_per_usd =
        outsider.usd_per_1k > 0.0 ? outsider.gain.mean / outsider.usd_per_1k : kNaN;
  }
  std::ranges::stable_sort(figures.outsiders, std::ranges::greater{},
                           [](const OutsiderFigures& outsider) { return outsider.gain.mean; });
  return figures;
}

SetFigures figures_of(const Utilities& utilities, Objective objective,
                      std::span<const ExpertId> set, std::span<const float> cost_usd) {
  const Sets sets(utilities, objective, cost_usd);
  return {sets.score(set), sets.usd_per_1k(set)};
}

}  // namespace ooe::evaluate
