#include "gateway/standing.h"

namespace ooe::gateway {

Standing::Standing(std::span<const experts::ExpertGate> gates, const ExpertHealth& health,
                   std::int64_t context_tokens, TimePoint now)
    : size_(gates.size()), known_(std::make_unique<bool[]>(3 * size_)) {
  for (std::size_t i = 0; i < size_; ++i) {
    const bool well = gates[i].is_well(now) && health.is_well(i, now);
    known_[i] = well && !gates[i].is_full();
    known_[size_ + i] = well && gates[i].is_full();
    known_[2 * size_ + i] = health.takes(i, context_tokens, now);
  }
}

void Standing::mask(policy::DecideOptions& options) const {
  const bool* const known = known_.get();
  options.healthy = {known, size_};
  options.busy = {known + size_, size_};
  if (!options.pinned) options.takes_length = {known + 2 * size_, size_};
}

}  // namespace ooe::gateway
