#include "gateway/expert_health.h"

#include <limits>

namespace ooe::gateway {

ExpertHealth::ExpertHealth(std::size_t n_experts)
    : size_(n_experts), out_until_(std::make_unique<std::atomic<Ticks>[]>(n_experts)) {
  for (std::size_t i = 0; i < size_; ++i) out_until_[i] = std::numeric_limits<Ticks>::min();
}

// Relaxed throughout: each value stands for itself and orders nothing else.
void ExpertHealth::leave_alone(std::size_t expert, TimePoint until) {
  const Ticks ticks = until.time_since_epoch().count();
  Ticks known = out_until_[expert].load(std::memory_order_relaxed);
  while (known < ticks &&
         !out_until_[expert].compare_exchange_weak(known, ticks, std::memory_order_relaxed)) {
  }
}

TimePoint ExpertHealth::out_until(std::size_t expert) const {
  return TimePoint(TimePoint::duration(out_until_[expert].load(std::memory_order_relaxed)));
}

bool ExpertHealth::is_well(std::size_t expert, TimePoint now) const {
  return out_until(expert) <= now;
}

bool ExpertHealth::any_well(TimePoint now) const {
  for (std::size_t i = 0; i < size_; ++i) {
    if (is_well(i, now)) return true;
  }
  return false;
}

}  // namespace ooe::gateway
