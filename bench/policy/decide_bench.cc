// decide() for growing catalogues: the part of the policy that every live request waits for. Beside
// it the naive version: every expert judged by hand, then all of them sorted.
#include <algorithm>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/check.h"
#include "base/rng.h"
#include "policy/decide.h"

namespace ooe::policy {
namespace {

struct World {
  std::vector<Expert> experts;
  std::vector<Prediction> predictions;
  Query query;
  Tradeoff tradeoff{.quality_per_usd = 100.0};

  explicit World(std::size_t m) : experts(m), predictions(m) {
    Rng rng(1);
    for (std::size_t i = 0; i < m; ++i) {
      experts[i].name = "expert-" + std::to_string(i);
      experts[i].prices = Prices{{200'000}, {200'000}, {600'000}};
      experts[i].clearance = static_cast<PrivacyClass>(rng.below(4));
      experts[i].context_tokens = 4'096;
      predictions[i].quality = rng.uniform();
      predictions[i].cost = Usd{static_cast<std::int64_t>(rng.below(1'000'000))};
    }
    query.privacy = PrivacyClass::internal;
    query.prompt_tokens = 500;
  }
};

// Whom to ask, best first.
std::vector<std::size_t> naive_plan(const World& world, std::size_t size) {
  struct Row {
    std::string name;
    double utility;
    double cost;
    std::size_t expert;
  };
  std::vector<Row> rows;
  for (std::size_t i = 0; i < world.experts.size(); ++i) {
    const Expert& expert = world.experts[i];
    if (world.query.privacy > expert.clearance) continue;
    if (!expert.capabilities.covers(world.query.needs)) continue;
    if (world.query.prompt_tokens + 1 > expert.context_tokens) continue;
    const double cost = to_double(*world.predictions[i].cost);
    rows.push_back({expert.name,
                    world.predictions[i].quality - world.tradeoff.quality_per_usd * cost, cost, i});
  }
  std::ranges::sort(rows, [](const Row& a, const Row& b) {
    if (a.utility != b.utility) return a.utility > b.utility;
    return a.cost != b.cost ? a.cost < b.cost : a.name < b.name;
  });
  std::vector<std::size_t> plan;
  for (std::size_t i = 0; i < std::min(size, rows.size()); ++i) plan.push_back(rows[i].expert);
  return plan;
}

void decide_catalogue(benchmark::State& state) {
  const World world(static_cast<std::size_t>(state.range(0)));
  const auto decided = [&] {
    return decide(world.predictions, world.experts, world.query, world.tradeoff);
  };
  const std::vector<std::size_t> expected = naive_plan(world, DecideOptions{}.plan_size_max);
  const Decision decision = decided();
  OOE_CHECK(decision.plan.size() == expected.size(), "the naive version's plan");
  for (std::size_t rank = 0; rank < expected.size(); ++rank) {
    OOE_CHECK(decision.plan[rank].index() == expected[rank], "the naive version's plan");
  }
  for (auto _ : state) benchmark::DoNotOptimize(decided());
}
BENCHMARK(decide_catalogue)->Arg(5)->Arg(50)->Arg(500);

void naive(benchmark::State& state) {
  const World world(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    benchmark::DoNotOptimize(naive_plan(world, DecideOptions{}.plan_size_max));
  }
}
BENCHMARK(naive)->Arg(5)->Arg(50)->Arg(500);

}  // namespace
}  // namespace ooe::policy
