#include "experts/breaker.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace ooe::experts {
namespace {

// A time-out beside answers says less than a failure: so many stand for one.
constexpr int kTimeOutsForAFailure = 4;

}  // namespace

Breaker::Breaker(BreakerOptions options) : options_(options), next_cooldown_(options.cooldown) {
  OOE_CHECK(options.failures_max >= 1, "a breaker opens after at least one failure");
}

bool Breaker::allows(TimePoint now) const {
  if (!open_ || is_over(now)) return true;
  return half_open(now) && (!probe_until_ || now >= *probe_until_);
}

bool Breaker::start(TimePoint now) {
  if (!allows(now)) return false;
  if (is_over(now)) open_ = false;
  if (open_) probe_until_ = now + options_.probe_patience;
  return true;
}

void Breaker::on_answered(TimePoint now) {
  heard_ = now;
  time_outs_ = std::max(time_outs_ - 1, 0);
  failures_ = 0;
  count(false, now);
  // An answer to a call from before the opening does not shorten the cooldown: it may be the one
  // that a Retry-After asked for.
  if (open_ && !half_open(now)) return;
  open_ = false;
  probe_until_.reset();
  next_cooldown_ = options_.cooldown;
}

void Breaker::on_first_words(TimePoint now) {
  heard_ = now;
  if (!half_open(now)) return;
  open_ = false;
  probe_until_.reset();
}

void Breaker::on_failed(TimePoint now, TimePoint started,
                        std::optional<std::chrono::seconds> retry_after) {
  if (is_over(now)) open_ = false;
  failures_ = std::min(failures_ + 1, options_.failures_max);
  count(true, now);
  judge(failures_ >= options_.failures_max || failing_too_often(), now, started,
        retry_after.value_or(std::chrono::seconds(0)));
}

void Breaker::on_timed_out(TimePoint now, TimePoint started) {
  if (heard_ < started) return on_failed(now, started);
  if (is_over(now)) open_ = false;
  count(true, now);
  const int many = kTimeOutsForAFailure * options_.failures_max;
  time_outs_ = std::min(time_outs_ + 1, many);
  judge(time_outs_ >= many || failing_too_often(), now, started, std::chrono::milliseconds(0));
}

void Breaker::judge(bool enough, TimePoint now, TimePoint started,
                    std::chrono::milliseconds asked) {
  const bool opens = open_ ? half_open(now) && is_probe(started) : enough;
  if (!opens && asked.count() <= 0) return;
  open(now + (opens ? std::max(asked, next_cooldown_) : asked), true);
  if (!opens) return;
  next_cooldown_ = std::min(next_cooldown_ * 2, options_.cooldown_max);
}

void Breaker::on_turned_away(TimePoint now, std::optional<std::chrono::seconds> retry_after,
                             TimePoint started) {
  if (!retry_after) return on_failed(now, started);
  if (is_over(now)) open_ = false;
  open(now + *retry_after, open_ && needs_probe_);
}

void Breaker::on_abandoned(TimePoint started) {
  if (is_probe(started)) probe_until_.reset();
}

std::optional<TimePoint> Breaker::open_until() const {
  return open_ ? std::optional(open_until_) : std::nullopt;
}

void Breaker::count(bool failed, TimePoint now) {
  const std::chrono::duration<double, std::milli> passed = now - counted_;
  if (passed.count() > 0.0) {
    const double half_life = static_cast<double>(options_.recent_half_life.count());
    const double kept = std::exp2(-passed.count() / half_life);
    recent_calls_ *= kept;
    recent_failures_ *= kept;
    counted_ = now;
  }
  recent_calls_ += 1.0;
  if (failed) recent_failures_ += 1.0;
}

bool Breaker::failing_too_often() const {
  return recent_calls_ >= options_.recent_calls_min &&
         recent_failures_ >= options_.failure_share_max * recent_calls_;
}

void Breaker::open(TimePoint until, bool needs_probe) {
  open_until_ = open_ ? std::max(open_until_, until) : until;
  open_ = true;
  needs_probe_ = needs_probe;
  time_outs_ = 0;
  recent_calls_ = 0.0;  // what comes after the pause is judged afresh
  recent_failures_ = 0.0;
  probe_until_.reset();
}

}  // namespace ooe::experts
