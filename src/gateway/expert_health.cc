#include "gateway/expert_health.h"

#include <algorithm>

namespace ooe::gateway {

ExpertHealth::ExpertHealth(std::size_t n_experts)
    : size_(n_experts), known_(std::make_unique<Known[]>(n_experts)) {}

// Relaxed throughout: each value stands for itself and orders nothing else.
void ExpertHealth::leave_alone(std::size_t expert, TimePoint until) {
  const Ticks ticks = until.time_since_epoch().count();
  std::atomic<Ticks>& out_until = known_[expert].out_until;
  Ticks known = out_until.load(std::memory_order_relaxed);
  while (known < ticks &&
         !out_until.compare_exchange_weak(known, ticks, std::memory_order_relaxed)) {
  }
}

TimePoint ExpertHealth::out_until(std::size_t expert) const {
  return TimePoint(TimePoint::duration(known_[expert].out_until.load(std::memory_order_relaxed)));
}

bool ExpertHealth::is_well(std::size_t expert, TimePoint now) const {
  return out_until(expert) <= now;
}

bool ExpertHealth::breaker_open(std::size_t expert) const {
  return known_[expert].breaker_open.load(std::memory_order_relaxed);
}

bool ExpertHealth::open_breaker(std::size_t expert) {
  return !known_[expert].breaker_open.exchange(true, std::memory_order_relaxed);
}

bool ExpertHealth::close_breaker(std::size_t expert, TimePoint now) {
  if (!breaker_open(expert) || !is_well(expert, now)) return false;
  return known_[expert].breaker_open.exchange(false, std::memory_order_relaxed);
}

void ExpertHealth::carry_over(std::size_t expert, const ExpertHealth& last, std::size_t at) {
  leave_alone(expert, last.out_until(at));
  if (last.breaker_open(at)) static_cast<void>(open_breaker(expert));
  const Known& known = last.known_[at];
  known_[expert].reasons = known.reasons.load();
  known_[expert].too_long = known.too_long.load();
  known_[expert].too_long_until = known.too_long_until.load();
}

std::optional<std::chrono::seconds> ExpertHealth::back_in(std::span<const std::size_t> experts,
                                                          TimePoint now) const {
  TimePoint first = TimePoint::max();
  for (const std::size_t expert : experts) {
    if (is_well(expert, now)) return std::nullopt;
    first = std::min(first, out_until(expert));
  }
  if (experts.empty()) return std::nullopt;
  return std::max(std::chrono::ceil<std::chrono::seconds>(first - now), std::chrono::seconds(1));
}

void ExpertHealth::add_calls_max(std::size_t expert, int change) {
  if (change != 0) known_[expert].calls_max.fetch_add(change, std::memory_order_relaxed);
}

std::int64_t ExpertHealth::calls_max(std::size_t expert) const {
  return known_[expert].calls_max.load(std::memory_order_relaxed);
}

bool ExpertHealth::any_well(TimePoint now) const {
  for (std::size_t i = 0; i < size_; ++i) {
    if (is_well(i, now)) return true;
  }
  return false;
}

bool ExpertHealth::refused_as_too_long(std::size_t expert, std::int64_t tokens, TimePoint now) {
  // Longer ones than a refusal still kept say nothing new, and must not keep it for ever.
  if (tokens < kRefusalTokensMin || !takes(expert, tokens, now)) return false;
  Known& known = known_[expert];
  known.too_long.store(tokens, std::memory_order_relaxed);
  known.too_long_until.store((now + kRefusalKept).time_since_epoch().count(),
                             std::memory_order_relaxed);
  return true;
}

bool ExpertHealth::takes(std::size_t expert, std::int64_t tokens, TimePoint now) const {
  const Known& known = known_[expert];
  return tokens < known.too_long.load(std::memory_order_relaxed) ||
         now.time_since_epoch().count() >= known.too_long_until.load(std::memory_order_relaxed);
}

bool ExpertHealth::ended_well(std::size_t expert, bool said_why) {
  std::atomic<int>& reasons = known_[expert].reasons;
  if (!said_why) return reasons.exchange(0, std::memory_order_relaxed) < kReasonsUsual;
  if (reasons.load(std::memory_order_relaxed) < kReasonsUsual) {
    reasons.fetch_add(1, std::memory_order_relaxed);
  }
  return true;
}

}  // namespace ooe::gateway
