// Random catalogues for property tests: few distinct values, so that ties, masks and limits are
// met often.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "base/rng.h"
#include "policy/decide.h"

namespace ooe::policy {

struct RandomCase {
  std::vector<Expert> experts;
  std::vector<Prediction> predictions;
  std::array<bool, 8> health{};
  Query query;
  Tradeoff tradeoff;
  DecideOptions options;

  // The options, with the span that has to point into this very object.
  [[nodiscard]] DecideOptions decide_options() const {
    DecideOptions copy = options;
    copy.healthy = std::span(health).first(experts.size());
    return copy;
  }
  [[nodiscard]] Decision decide() const {
    return policy::decide(predictions, experts, query, tradeoff, decide_options());
  }
};

inline Capabilities random_capabilities(Rng& rng, std::uint64_t rarity) {
  Capabilities capabilities;
  if (rng.below(rarity) == 0) capabilities.add(Capabilities::tools);
  if (rng.below(rarity) == 0) capabilities.add(Capabilities::vision);
  return capabilities;
}

inline RandomCase random_case(Rng& rng) {
  RandomCase c;
  const std::size_t m = rng.below(c.health.size());
  for (std::size_t i = 0; i < m; ++i) {
    Expert expert;
    expert.clearance = static_cast<PrivacyClass>(rng.below(4));
    expert.capabilities = random_capabilities(rng, 2);
    expert.context_tokens = static_cast<std::int64_t>(rng.below(4)) * 100;
    Prediction prediction;
    prediction.quality = static_cast<double>(rng.below(6)) / 5.0;
    if (rng.below(5) != 0) {
      expert.prices = Prices{{100'000}, {100'000}, {100'000}};
      prediction.cost = Usd{static_cast<std::int64_t>(rng.below(5)) * 1'000'000};
    }
    c.experts.push_back(expert);
    c.predictions.push_back(prediction);
    c.health[i] = rng.below(8) != 0;
  }
  c.query.prompt_tokens = static_cast<std::int64_t>(rng.below(3)) * 100;
  c.query.output_tokens_max = static_cast<std::int64_t>(rng.below(3)) * 50;
  c.query.privacy = static_cast<PrivacyClass>(rng.below(3));
  c.query.needs = random_capabilities(rng, 6);
  c.tradeoff.quality_per_usd = static_cast<double>(rng.below(4)) * 50.0;
  c.options.plan_size_max = 1 + rng.below(4);
  if (rng.below(3) == 0) {
    c.options.cost_max = Usd{static_cast<std::int64_t>(rng.below(5)) * 1'000'000};
  }
  if (m > 0 && rng.below(6) == 0) {
    c.options.pinned = ExpertId{static_cast<std::int32_t>(rng.below(m))};
  }
  return c;
}

}  // namespace ooe::policy
