#include "universe/constraints.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/check.h"

namespace ooe::universe {
namespace {

Result<std::vector<ExpertId>> find_all(std::span<const std::string> experts,
                                       const std::vector<std::string>& names) {
  std::vector<ExpertId> ids;
  for (const std::string& name : names) {
    const auto column = column_of(experts, name);
    if (!column) {
      return fail(ErrorCode::not_found, "no expert is named '{}' in these outcomes", name);
    }
    const ExpertId id{static_cast<std::int32_t>(*column)};
    if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
  }
  return ids;
}

Result<void> set_budget(std::span<const std::string> experts, const SelectOptions& options,
                        Constraints& constraints) {
  constraints.fixed = options.fixed_per_month;
  constraints.fixed.resize(experts.size());
  for (std::size_t i = 0; i < experts.size(); ++i) {
    if (constraints.fixed[i] >= Usd{}) continue;
    return fail(ErrorCode::invalid_argument, "'{}' costs {} USD a month; give a number from 0 up",
                experts[i], to_string(constraints.fixed[i]));
  }
  constraints.room.fixed = options.fixed_per_month_max.value_or(Usd::max());
  constraints.budgeted = options.fixed_per_month_max.has_value();
  // Without a limit no sum of them can be too large.
  if (!constraints.budgeted) constraints.fixed.assign(experts.size(), Usd{});
  if (constraints.room.fixed >= Usd{}) return {};
  return fail(ErrorCode::invalid_argument, "a budget of {} USD a month buys nobody; give 0 or more",
              to_string(constraints.room.fixed));
}

// Zone 0 is that of all experts without a limit.
Result<void> set_zones(std::size_t n_experts, const SelectOptions& options,
                       Constraints& constraints) {
  constraints.zone.assign(n_experts, 0);
  constraints.room.of_zone.assign(1, n_experts);
  for (const ZoneLimit& limit : options.zone_limits) {
    const std::size_t index = constraints.room.of_zone.size();
    constraints.room.of_zone.push_back(limit.experts_max);
    bool met = false;
    for (std::size_t i = 0; i < options.zones.size(); ++i) {
      if (options.zones[i] != limit.zone) continue;
      constraints.zone[i] = index;
      met = true;
    }
    if (!met) {
      return fail(ErrorCode::not_found, "no expert is in zone '{}'; say who is, or drop its limit",
                  limit.zone);
    }
  }
  return {};
}

// The cheaper first, those of unknown cost last, then by index.
std::vector<std::size_t> ranks_of(std::size_t n_experts, const std::vector<double>& answer_cost) {
  OOE_CHECK(answer_cost.empty() || answer_cost.size() == n_experts, "a cost of every expert");
  std::vector<std::size_t> order(n_experts);
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto cost = [&](std::size_t expert) {
    const double known = answer_cost.empty() ? 0.0 : answer_cost[expert];
    return std::isnan(known) ? std::numeric_limits<double>::infinity() : known;
  };
  std::ranges::stable_sort(order, {}, cost);
  std::vector<std::size_t> ranks(n_experts);
  for (std::size_t place = 0; place < n_experts; ++place) ranks[order[place]] = place;
  return ranks;
}

}  // namespace

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
  Constraints constraints;
  constraints.rank = ranks_of(experts.size(), options.answer_cost);
  if (auto ok = set_budget(experts, options, constraints); !ok) return fail(ok.error());
  if (auto ok = set_zones(experts.size(), options, constraints); !ok) return fail(ok.error());
  constraints.room.places = options.size_max;
  for (const ExpertId expert : *include) {
    if (!constraints.fits(expert, constraints.room)) {
      return fail(ErrorCode::invalid_argument,
                  "'{}' must be in and does not fit what is allowed a month or in its zone; "
                  "raise the limit or leave it free",
                  experts[expert.index()]);
    }
    constraints.take(expert, constraints.room);
  }
  constraints.include = std::move(*include);
  for (std::size_t i = 0; i < experts.size(); ++i) {
    const ExpertId expert{static_cast<std::int32_t>(i)};
    const bool taken = std::ranges::find(constraints.include, expert) != constraints.include.end();
    const bool barred = std::ranges::find(*exclude, expert) != exclude->end();
    if (!taken && !barred) constraints.free.push_back(expert);
  }
  return constraints;
}

bool all_can_be_tried(const Constraints& constraints, std::size_t n_queries,
                      std::uint64_t reads_max) {
  const std::size_t n = constraints.free.size();
  double sets = 1.0;  // of one size
  double reads = 0.0;
  for (std::size_t size = 1; size <= std::min(constraints.room.places, n); ++size) {
    sets *= static_cast<double>(n - size + 1) / static_cast<double>(size);
    reads += sets * static_cast<double>(n_queries);
  }
  return reads < static_cast<double>(reads_max);
}

double most_that_fits(const Constraints& constraints, std::span<const ExpertId> experts,
                      std::span<const double> gains) {
  OOE_CHECK(experts.size() == gains.size(), "a gain of every expert");
  // Those alone that can add anything: beside one that is free and adds nothing, no order by gain for
  // money is one.
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < gains.size(); ++i) {
    const bool affordable = constraints.fixed[experts[i].index()] <= constraints.room.fixed;
    if (gains[i] > 0.0 && affordable) order.push_back(i);
  }

  // By number and zones: taking the largest first is optimal (they form a matroid).
  std::ranges::sort(order, std::ranges::greater{}, [&](std::size_t i) { return gains[i]; });
  Room left = constraints.room;
  left.fixed = Usd::max();
  double by_number = 0.0;
  for (const std::size_t i : order) {
    if (!constraints.fits(experts[i], left)) continue;
    left.places -= 1;
    left.of_zone[constraints.zone[experts[i].index()]] -= 1;
    by_number += gains[i];
  }
  if (!constraints.budgeted) return by_number;

  // By money: the most for it first, and a part of the last (Dantzig 1957).
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    return gains[a] * to_double(constraints.fixed[experts[b].index()]) >
           gains[b] * to_double(constraints.fixed[experts[a].index()]);
  });
  double usd = to_double(constraints.room.fixed);
  double by_money = 0.0;
  for (const std::size_t i : order) {
    const double price = to_double(constraints.fixed[experts[i].index()]);
    const double part = price <= usd ? 1.0 : usd / price;
    by_money += part * gains[i];
    usd -= part * price;
  }
  return std::min(by_number, by_money);
}

}  // namespace ooe::universe
