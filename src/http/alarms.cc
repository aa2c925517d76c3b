#include "http/alarms.h"

#include <utility>

#include "http/loop_impl.h"

namespace ooe::http {

using std::chrono::steady_clock;

void Alarm::set(Time due, std::function<void()> work) {
  if (is_linked()) unlink();
  due_ = due;
  work_ = std::move(work);
  alarms_.by_due_.insert(*this);
}

void Alarm::cancel() {
  if (is_linked()) unlink();
  // Out of the object first: destroying the function may destroy the owner of this.
  const auto forgotten = std::exchange(work_, nullptr);
}

void Alarms::ring(const std::atomic<bool>& stopped) {
  if (by_due_.empty()) return;
  const auto now = steady_clock::now();
  while (!stopped && !by_due_.empty() && by_due_.begin()->due_ <= now) {
    Alarm& alarm = *by_due_.begin();
    alarm.unlink();
    const auto work = std::exchange(alarm.work_, nullptr);  // which may destroy the alarm
    work();
  }
}

std::optional<Alarm::Time> Alarms::next() const {
  if (by_due_.empty()) return std::nullopt;
  return by_due_.begin()->due_;
}

Deadline::Deadline(Loop& loop, std::function<void()> on_expiry)
    : on_expiry_(std::move(on_expiry)), alarm_(loop.impl().alarms) {}

void Deadline::set(std::chrono::milliseconds from_now) {
  due_ = steady_clock::now() + from_now;
  if (due_ < rings_) set_alarm();
}

void Deadline::set_alarm() {
  rings_ = due_;
  alarm_.set(rings_, [this] { on_alarm(); });
}

void Deadline::on_alarm() {
  rings_ = Alarm::Time::max();
  if (due_ == Alarm::Time::max()) return;
  if (steady_clock::now() < due_) return set_alarm();
  due_ = Alarm::Time::max();
  const auto call = on_expiry_;  // a copy: the call may destroy this and its function
  call();
}

}  // namespace ooe::http
