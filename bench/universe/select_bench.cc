// Choosing 20 of 500 experts on 100,000 queries, on one core: the promise is less than 10 s. The
// baseline it must beat is greedy without laziness, which computes every gain in every round.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/check.h"
#include "base/rng.h"
#include "universe/select.h"

namespace ooe::universe {
namespace {

constexpr std::size_t kSize = 20;

// Experts with a few strong fields each, right there and rarely elsewhere.
const Utilities& world() {
  static const Utilities kWorld = [] {
    Utilities made;
    made.n_queries = 100'000;
    made.n_experts = 500;
    Rng rng(1);
    std::vector<std::uint64_t> field(made.n_queries);
    for (auto& of_query : field) of_query = rng.below(50);
    for (std::size_t expert = 0; expert < made.n_experts; ++expert) {
      std::vector<double> skill(50);
      for (double& of_field : skill) of_field = rng.below(25) == 0 ? 0.9 * rng.uniform() : 0.02;
      for (std::size_t query = 0; query < made.n_queries; ++query) {
        const bool right = rng.uniform() < skill[field[query]];
        made.realised.push_back(right ? 1.0 : 0.0);
        made.predicted.push_back(skill[field[query]]);
        made.cost_usd.push_back(0.0F);
      }
    }
    return made;
  }();
  return kWorld;
}

std::vector<std::string> names() {
  std::vector<std::string> result;
  for (std::size_t i = 0; i < world().n_experts; ++i) result.push_back(std::to_string(i));
  return result;
}

double plain_greedy() {
  const Utilities& u = world();
  std::vector<double> best(u.n_queries, 0.0);
  double value = 0.0;
  for (std::size_t place = 0; place < kSize; ++place) {
    double most = -1.0;
    ExpertId chosen;
    for (std::size_t i = 0; i < u.n_experts; ++i) {
      const auto column = u.realised_of({static_cast<std::int32_t>(i)});
      double gain = 0.0;
      for (std::size_t query = 0; query < u.n_queries; ++query) {
        if (column[query] > best[query]) gain += column[query] - best[query];
      }
      if (gain <= most) continue;
      most = gain;
      chosen = {static_cast<std::int32_t>(i)};
    }
    const auto column = u.realised_of(chosen);
    for (std::size_t query = 0; query < u.n_queries; ++query) {
      best[query] = std::max(best[query], column[query]);
    }
    value += most / static_cast<double>(u.n_queries);
  }
  return value;
}

void lazy(benchmark::State& state, Objective objective) {
  const std::vector<std::string> experts = names();
  SelectOptions options;
  options.objective = objective;
  options.size_max = kSize;
  double utility = 0.0;
  double bound = 0.0;
  for (auto _ : state) {
    const auto universe = select(world(), experts, options);
    OOE_CHECK(universe.has_value(), "a universe");
    utility = universe->utility;
    bound = universe->utility_bound;
  }
  if (objective == Objective::oracle) {
    OOE_CHECK(std::abs(utility - plain_greedy()) < 1e-6, "lazy greedy is greedy");
  }
  state.counters["utility"] = utility;
  state.counters["bound"] = bound;
}

void plain(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(plain_greedy());
}

BENCHMARK(plain)->Unit(benchmark::kMillisecond)->Iterations(1);
BENCHMARK_CAPTURE(lazy, oracle, Objective::oracle)->Unit(benchmark::kMillisecond)->Iterations(1);
BENCHMARK_CAPTURE(lazy, predictable, Objective::predictable)
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1);

}  // namespace
}  // namespace ooe::universe
