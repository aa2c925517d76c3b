// decide() for growing catalogues: the part of the policy that every live request waits for.
#include <vector>

#include <benchmark/benchmark.h>

#include "base/rng.h"
#include "policy/decide.h"

namespace ooe::policy {
namespace {

void decide_catalogue(benchmark::State& state) {
  Rng rng(1);
  const auto m = static_cast<std::size_t>(state.range(0));
  std::vector<Expert> experts(m);
  std::vector<Prediction> predictions(m);
  for (std::size_t i = 0; i < m; ++i) {
    experts[i].prices = Prices{{200'000}, {200'000}, {600'000}};
    predictions[i].quality = rng.uniform();
    predictions[i].cost = Usd{static_cast<std::int64_t>(rng.below(1'000'000))};
  }
  Query query;
  query.privacy = PrivacyClass::public_;
  for (auto _ : state) {
    benchmark::DoNotOptimize(decide(predictions, experts, query, {.quality_per_usd = 100.0}));
  }
}
BENCHMARK(decide_catalogue)->Arg(5)->Arg(50)->Arg(500);

}  // namespace
}  // namespace ooe::policy
