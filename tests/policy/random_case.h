// Random catalogues for property tests: few distinct values, so that ties, masks and limits are
// met often.
#pragma once

#include <array>
#include <chrono>
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
  std::array<bool, 8> busy{};
  Query query;
  Tradeoff tradeoff;
  DecideOptions options;
  std::vector<std::string> zones;
  std::vector<ExpertId> only;

  // The options, with the spans that have to point into this very object.
  [[nodiscard]] DecideOptions decide_options() const {
    DecideOptions copy = options;
    copy.healthy = std::span(health).first(experts.size());
    copy.busy = std::span(busy).first(experts.size());
    copy.zones = zones;
    copy.only = only;
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
  if (rng.below(rarity) == 0) capabilities.add(Capabilities::many_choices);
  return capabilities;
}

inline RandomCase random_case(Rng& rng) {
  RandomCase c;
  const std::size_t m = rng.below(c.health.size());
  for (std::size_t i = 0; i < m; ++i) {
    Expert expert;
    expert.name =
        std::string(1, static_cast<char>('a' + (5 * i + 3) % 8));  // distinct, not in order
    expert.zone = rng.below(3) == 0 ? "us" : "eu";
    expert.own = rng.below(3) == 0;
    expert.clearance = static_cast<PrivacyClass>(rng.below(4));
    expert.capabilities = random_capabilities(rng, 2);
    expert.context_tokens = static_cast<std::int64_t>(rng.below(4)) * 100;
    Prediction prediction;
    prediction.quality = static_cast<double>(rng.below(6)) / 5.0;
    if (rng.below(5) != 0) {
      expert.prices = Prices{{100'000}, {100'000}, {100'000}};
      prediction.cost = Usd{static_cast<std::int64_t>(rng.below(5)) * 1'000'000};
    }
    if (rng.below(4) != 0) prediction.total = std::chrono::milliseconds(100 * rng.below(4));
    if (rng.below(4) != 0) prediction.first_token = std::chrono::milliseconds(10 * rng.below(4));
    c.experts.push_back(expert);
    c.predictions.push_back(prediction);
    c.health[i] = rng.below(8) != 0;
    c.busy[i] = rng.below(2) != 0;
  }
  c.query.prompt_tokens = static_cast<std::int64_t>(rng.below(3)) * 100;
  c.query.output_tokens_max = static_cast<std::int64_t>(rng.below(3)) * 50;
  c.query.privacy = static_cast<PrivacyClass>(rng.below(3));
  c.query.needs = random_capabilities(rng, 6);
  c.tradeoff.quality_per_usd = static_cast<double>(rng.below(4)) * 50.0;
  c.tradeoff.own_bonus = static_cast<double>(rng.below(3)) / 5.0;
  if (m > 0 && rng.below(10) == 0) {
    c.tradeoff.anchor = ExpertId{static_cast<std::int32_t>(rng.below(m))};
  }
  if (m > 0 && rng.below(4) == 0) {
    c.options.incumbent = Incumbent{.expert = ExpertId{static_cast<std::int32_t>(rng.below(m))},
                                    .cache = Usd{static_cast<std::int64_t>(rng.below(4)) * 500'000},
                                    .handoff = static_cast<double>(rng.below(3)) / 10.0};
  }
  if (rng.below(8) == 0) c.zones = {"eu"};
  if (rng.below(6) == 0) c.options.deadline = std::chrono::milliseconds(100 * rng.below(4));
  if (rng.below(6) == 0) c.options.first_token = std::chrono::milliseconds(10 * rng.below(4));
  c.options.plan_size_max = 1 + rng.below(4);
  if (rng.below(3) == 0) {
    const auto limit = static_cast<std::int64_t>(rng.below(5));
    c.options.cost_max = Usd{limit * 1'000'000};
    c.options.cost_max_is_budget = limit % 2 == 1;
  }
  if (m > 0 && rng.below(6) == 0) {
    c.options.pinned = ExpertId{static_cast<std::int32_t>(rng.below(m))};
  }
  if (m > 0 && rng.below(8) == 0) {
    for (std::size_t i = 0; i < 2; ++i) {
      c.only.push_back(ExpertId{static_cast<std::int32_t>(rng.below(m))});
    }
  }
  return c;
}

}  // namespace ooe::policy
