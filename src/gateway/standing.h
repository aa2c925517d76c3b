// How the experts stand with one worker at one moment, by experience: who is well, who has room for
// one more call, who takes a prompt of this length. In: gates, health. Out: masks of a decision.
// Knows: expert_health, experts, policy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/clock.h"
#include "experts/expert_gate.h"
#include "gateway/expert_health.h"
#include "policy/decide.h"

namespace ooe::gateway {

class Standing {
 public:
  // `context_tokens`: context_tokens_needed() of the query. Requires: `gates` and `health` are of
  // the same experts.
  Standing(std::span<const experts::ExpertGate> gates, const ExpertHealth& health,
           std::int64_t context_tokens, TimePoint now);

  // Points the masks of `options` here: they are good as long as this is. Whoever has pinned an
  // expert gets that expert's own words about the length of a prompt.
  void mask(policy::DecideOptions& options) const;

 private:
  std::size_t size_;
  std::unique_ptr<bool[]> known_;  // [3, n_experts]: is well, is busy, takes the length
};

}  // namespace ooe::gateway
