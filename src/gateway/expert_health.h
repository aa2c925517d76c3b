// Which experts are out, as all workers together know it. Breakers belong to one worker each; what
// one of them learns from failures the others should not have to learn again, and /readyz must see
// the whole. In: the time until which a worker's breaker leaves its expert alone. Out: who may be
// asked now. Knows: base.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

#include "base/clock.h"

namespace ooe::gateway {

// One atomic an expert, which only ever moves forward. Nothing needs to reset it: a time that has
// passed means well. Threads: any.
class ExpertHealth {
 public:
  explicit ExpertHealth(std::size_t n_experts);

  void leave_alone(std::size_t expert, TimePoint until);
  [[nodiscard]] TimePoint out_until(std::size_t expert) const;
  [[nodiscard]] bool is_well(std::size_t expert, TimePoint now) const;
  // False when every single expert is out.
  [[nodiscard]] bool any_well(TimePoint now) const;
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  using Ticks = TimePoint::rep;

  const std::size_t size_;
  std::unique_ptr<std::atomic<Ticks>[]> out_until_;  // [n_experts], since the clock's epoch
};

}  // namespace ooe::gateway
