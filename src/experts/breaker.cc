#include "experts/breaker.h"

#include <algorithm>

#include "base/check.h"

namespace ooe::experts {

Breaker::Breaker(BreakerOptions options) : options_(options), next_cooldown_(options.cooldown) {
  OOE_CHECK(options.failures_max >= 1, "a breaker opens after at least one failure");
}

bool Breaker::allows(TimePoint now) const {
  if (!open_) return true;
  return half_open(now) && (!probe_until_ || now >= *probe_until_);
}

bool Breaker::start(TimePoint now) {
  if (!allows(now)) return false;
  if (open_) probe_until_ = now + options_.probe_timeout;
  return true;
}

void Breaker::on_answered(TimePoint now) {
  failures_ = 0;
  // An answer to a call from before the opening does not shorten the cooldown: it may be the one
  // that a Retry-After asked for.
  if (open_ && !half_open(now)) return;
  open_ = false;
  probe_until_.reset();
  next_cooldown_ = options_.cooldown;
}

void Breaker::on_failed(TimePoint now) {
  failures_ = std::min(failures_ + 1, options_.failures_max);
  if (open_ ? !half_open(now) : failures_ < options_.failures_max) return;
  open(now + next_cooldown_);
  next_cooldown_ = std::min(next_cooldown_ * 2, options_.cooldown_max);
}

void Breaker::on_turned_away(TimePoint now, std::optional<std::chrono::seconds> retry_after) {
  if (!retry_after) return on_failed(now);
  open(std::max(open_ ? open_until_ : now, now + *retry_after));
}

void Breaker::on_abandoned() { probe_until_.reset(); }

std::optional<TimePoint> Breaker::open_until() const {
  return open_ ? std::optional(open_until_) : std::nullopt;
}

void Breaker::open(TimePoint until) {
  open_ = true;
  open_until_ = until;
  probe_until_.reset();
}

}  // namespace ooe::experts
