// Private to this room: what a loop is to call, and when. Alarms are set and cancelled several
// times a request and seldom ring, so that costs no operation of the system: the loop asks for the
// earliest before it sleeps.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <optional>

#include "http/loop.h"

namespace ooe::http {

class Alarm;

class Alarms {
 public:
  using Time = std::chrono::steady_clock::time_point;

  Alarms() = default;
  ~Alarms();  // those still set are forgotten
  Alarms(const Alarms&) = delete;
  Alarms& operator=(const Alarms&) = delete;

  // Calls all that are due at `now`, until `stopped`.
  void ring(Time now, const std::atomic<bool>& stopped);
  // When the next is due; nothing: none is set.
  [[nodiscard]] std::optional<Time> next() const;

 private:
  friend class Alarm;

  std::multimap<Time, Alarm*> by_due_;
};

// One call at a time: setting it anew, cancelling it or destroying it forgets the one before for
// certain. Threads: the loop's. Destroying is fine after the loop has gone.
class Alarm {
 public:
  using Time = Alarms::Time;

  explicit Alarm(Alarms& alarms) : alarms_(alarms) {}
  ~Alarm() { cancel(); }
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

  void set(Time due, std::function<void()> work);
  void cancel();

 private:
  friend class Alarms;

  Alarms& alarms_;
  std::optional<std::multimap<Time, Alarm*>::iterator> place_;  // while it is set
  std::function<void()> work_;
};

// A point in time that moves with every request and is seldom reached. Moving it later only stores
// it: the alarm below finds out when it rings too early. `on_expiry` is called once for each
// deadline reached, and never after the destructor.
class Deadline {
 public:
  Deadline(Loop& loop, std::function<void()> on_expiry);
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  // `from_now` counts from the beginning of the loop's event in progress.
  void set(std::chrono::milliseconds from_now);
  void clear() { due_ = Alarm::Time::max(); }

 private:
  void set_alarm();
  void on_alarm();

  const Loop::Impl& loop_;
  Alarm::Time due_ = Alarm::Time::max();    // what was asked for
  Alarm::Time rings_ = Alarm::Time::max();  // when the alarm does
  std::function<void()> on_expiry_;
  Alarm alarm_;
};

}  // namespace ooe::http
