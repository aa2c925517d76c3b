#include "policy/calibrate.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <string>
#include <variant>

#include "base/check.h"

namespace ooe::policy {
namespace {

// Means over the sample when every query goes where the multiplier sends it.
struct Means {
  double quality = 0.0;
  double cost_usd = 0.0;
  double difference = 0.0;     // quality less the reference expert's
  double difference_sd = 0.0;  // of one query
  double n_compared = 0.0;     // queries on which the reference is a candidate
};

// The choice decide() makes for one query among its candidates.
std::size_t choose(std::span<const float> quality, std::span<const float> cost_usd,
                   double quality_per_usd) {
  std::size_t best = quality.size();
  double best_utility = 0.0;
  for (std::size_t expert = 0; expert < quality.size(); ++expert) {
    if (std::isnan(quality[expert])) continue;
    // Without a multiplier costs break ties only, and an unknown one is the dearest.
    const double price = quality_per_usd == 0.0 ? 0.0 : quality_per_usd * cost_usd[expert];
    const double utility = quality[expert] - price;
    const auto cheaper = [&] {
      return cost_usd[expert] < cost_usd[best] ||
             (std::isnan(cost_usd[best]) && !std::isnan(cost_usd[expert]));
    };
    if (best == quality.size() || utility > best_utility ||
        (utility == best_utility && cheaper())) {
      best = expert;
      best_utility = utility;
    }
  }
  OOE_CHECK(best < quality.size(), "every query has a candidate");
  return best;
}

Means means_at(double quality_per_usd, const CalibrationSample& sample, std::size_t n_experts,
               std::size_t reference) {
  Means means;
  double squares = 0.0;
  for (std::size_t query = 0; query < sample.n_queries; ++query) {
    const auto quality = sample.quality.subspan(query * n_experts, n_experts);
    const auto cost = sample.cost_usd.subspan(query * n_experts, n_experts);
    const std::size_t chosen = choose(quality, cost, quality_per_usd);
    means.quality += quality[chosen];
    means.cost_usd += cost[chosen];
    if (std::isnan(quality[reference])) continue;
    const double difference = static_cast<double>(quality[chosen]) - quality[reference];
    means.difference += difference;
    squares += difference * difference;
    means.n_compared += 1.0;
  }
  means.quality /= static_cast<double>(sample.n_queries);
  means.cost_usd /= static_cast<double>(sample.n_queries);
  const double n = std::max(1.0, means.n_compared);
  means.difference /= n;
  const double variance = std::max(0.0, squares / n - means.difference * means.difference);
  means.difference_sd = n > 1.0 ? std::sqrt(variance * n / (n - 1.0)) : 0.0;
  return means;
}

// Returns the smallest multiplier at which `holds`, for a condition that is false below some
// multiplier and true from there on. Non-negative doubles sort like their bits, so bisecting the
// bits ends at the exact double after at most 63 steps whatever its magnitude.
// Requires: holds(kQualityPerUsdMax).
template <class Condition>
double smallest_multiplier(Condition holds) {
  if (holds(0.0)) return 0.0;
  std::uint64_t below = 0;
  auto above = std::bit_cast<std::uint64_t>(kQualityPerUsdMax);
  while (above - below > 1) {
    const std::uint64_t middle = below + (above - below) / 2;
    (holds(std::bit_cast<double>(middle)) ? above : below) = middle;
  }
  return std::bit_cast<double>(above);
}

// A multiplier found by bisection is one at which a query is undecided between two experts.
// decide() rounds costs otherwise than a sample of floats does; this far off the brink it falls on
// the same side.
constexpr double kOffTheBrink = 1e-5;

// The z with P(standard normal <= z) = p, by bisection: exactness for a few microseconds once a
// goal.
double normal_quantile(double p) {
  double low = -40.0;
  double high = 40.0;
  for (int step = 0; step < 100; ++step) {
    const double middle = 0.5 * (low + high);
    (0.5 * std::erfc(-middle / std::sqrt(2.0)) < p ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

Result<void> check_sample(std::span<const Expert> experts, const CalibrationSample& sample) {
  const std::size_t cells = sample.n_queries * experts.size();
  OOE_CHECK(sample.quality.size() == cells && sample.cost_usd.size() == cells,
            "the sample has the experts' shape");
  if (experts.empty()) return fail(ErrorCode::invalid_argument, "no experts to choose from");
  if (sample.n_queries == 0) {
    return fail(ErrorCode::invalid_argument,
                "no held-out predictions to calibrate the goal on; train on more questions");
  }
  return {};
}

Result<void> check_priced(std::span<const Expert> experts, const CalibrationSample& sample) {
  std::string missing;
  for (std::size_t expert = 0; expert < experts.size(); ++expert) {
    bool priced = true;
    for (std::size_t query = 0; priced && query < sample.n_queries; ++query) {
      const std::size_t cell = query * experts.size() + expert;
      priced = std::isnan(sample.quality[cell]) || !std::isnan(sample.cost_usd[cell]);
    }
    if (!priced) missing += (missing.empty() ? "'" : ", '") + experts[expert].name + "'";
  }
  if (missing.empty()) return {};
  return fail(ErrorCode::invalid_argument,
              "the goal weighs cost, and there is no price for {}; give one or leave it out",
              missing);
}

Calibrated calibrated(double quality_per_usd, const CalibrationSample& sample,
                      std::size_t n_experts) {
  const Means means = means_at(quality_per_usd, sample, n_experts, 0);
  return {{quality_per_usd}, means.quality, means.cost_usd};
}

Result<Calibrated> calibrate_aim(const MaximiseQuality& goal, std::span<const Expert> experts,
                                 const CalibrationSample& sample) {
  const std::size_t m = experts.size();
  if (!goal.per_1k_queries_max) return calibrated(0.0, sample, m);
  if (auto priced = check_priced(experts, sample); !priced) return fail(priced.error());
  const double budget = to_double(*goal.per_1k_queries_max) / 1'000.0;
  const double cheapest = means_at(kQualityPerUsdMax, sample, m, 0).cost_usd;
  if (cheapest > budget) {
    // Rounded up to a nano-USD: the figure named must itself be accepted.
    return fail(ErrorCode::invalid_argument,
                "a budget of {} USD per 1,000 queries cannot be met: always the cheapest expert "
                "costs {}; allow at least that, or add a cheaper expert",
                to_string(*goal.per_1k_queries_max), std::ceil(cheapest * 1e12) / 1e9);
  }
  const double smallest = smallest_multiplier(
      [&](double multiplier) { return means_at(multiplier, sample, m, 0).cost_usd <= budget; });
  return calibrated(smallest * (1.0 + kOffTheBrink), sample, m);
}

Result<Calibrated> calibrate_aim(const MatchExpert& goal, std::span<const Expert> experts,
                                 const CalibrationSample& sample) {
  const std::size_t m = experts.size();
  if (!(goal.tolerance >= 0.0 && goal.tolerance <= 1.0)) {
    return fail(ErrorCode::invalid_argument,
                "tolerance {} of the goal to match '{}' is not between 0 and 1", goal.tolerance,
                goal.expert);
  }
  if (!(goal.confidence >= 0.5 && goal.confidence < 1.0)) {
    return fail(ErrorCode::invalid_argument,
                "confidence {} of the goal to match '{}' is not at least 0.5 and below 1",
                goal.confidence, goal.expert);
  }
  const auto named = std::ranges::find(experts, goal.expert, &Expert::name);
  if (named == experts.end()) {
    return fail(ErrorCode::invalid_argument,
                "the goal is to match '{}', and no expert has this name", goal.expert);
  }
  if (auto priced = check_priced(experts, sample); !priced) return fail(priced.error());

  const auto reference = static_cast<std::size_t>(named - experts.begin());
  const double z = normal_quantile(goal.confidence);
  const auto falls_short = [&](double multiplier) {
    if (multiplier == 0.0) return false;
    const Means means = means_at(multiplier, sample, m, reference);
    const double margin = z * means.difference_sd / std::sqrt(std::max(1.0, means.n_compared));
    return means.difference - margin < -goal.tolerance;
  };
  const double largest = falls_short(kQualityPerUsdMax)
                             ? smallest_multiplier(falls_short) * (1.0 - kOffTheBrink)
                             : kQualityPerUsdMax;
  return calibrated(largest, sample, m);
}

Result<Calibrated> calibrate_aim(const OwnershipShare& /*goal*/,
                                 std::span<const Expert> /*experts*/,
                                 const CalibrationSample& /*sample*/) {
  return fail(ErrorCode::invalid_argument,
              "goal 'ownership' is not available yet; use 'maximise' or 'match'");
}

}  // namespace

Result<Calibrated> calibrate(const Goal& goal, std::span<const Expert> experts,
                             const CalibrationSample& sample) {
  if (auto checked = check_sample(experts, sample); !checked) return fail(checked.error());
  return std::visit([&](const auto& aim) { return calibrate_aim(aim, experts, sample); }, goal.aim);
}

}  // namespace ooe::policy
