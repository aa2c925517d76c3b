#include "http/alarms.h"

#include <utility>

#include "http/loop_impl.h"

namespace ooe::http {

using std::chrono::steady_clock;

Alarms::~Alarms() {
  for (const auto& [due, alarm] : by_due_) alarm->place_.reset();
}

void Alarms::ring(Time now, const std::atomic<bool>& stopped) {
  while (!stopped && !by_due_.empty() && by_due_.begin()->first <= now) {
    Alarm& alarm = *by_due_.begin()->second;
    alarm.place_.reset();
    by_due_.erase(by_due_.begin());
    const auto work = std::exchange(alarm.work_, nullptr);  // which may destroy the alarm
    work();
  }
}

std::optional<Alarms::Time> Alarms::next() const {
  if (by_due_.empty()) return std::nullopt;
  return by_due_.begin()->first;
}

void Alarm::set(Time due, std::function<void()> work) {
  if (place_) {
    auto moved = alarms_.by_due_.extract(*place_);
    moved.key() = due;
    place_ = alarms_.by_due_.insert(std::move(moved));
  } else {
    place_ = alarms_.by_due_.emplace(due, this);
  }
  const auto forgotten = std::exchange(work_, std::move(work));
}

void Alarm::cancel() {
  if (place_) alarms_.by_due_.erase(*place_);
  place_.reset();
  // Out of the object first: destroying the function may destroy the owner of this.
  const auto forgotten = std::exchange(work_, nullptr);
}

Deadline::Deadline(Loop& loop, std::function<void()> on_expiry)
    : loop_(loop.impl()), on_expiry_(std::move(on_expiry)), alarm_(loop.impl().alarms) {}

void Deadline::set(std::chrono::milliseconds from_now) {
  due_ = loop_.now() + from_now;
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
