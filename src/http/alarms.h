// Private to this room: what a loop is to call, and when. Alarms are set and cancelled several
// times a request and seldom ring, so that costs no operation of the system: the loop asks for the
// earliest before it sleeps.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>

#include <boost/intrusive/set.hpp>

#include "http/loop.h"

namespace ooe::http {

class Alarms;

// One call at a time: setting it anew, cancelling it or destroying it forgets the one before for
// certain. Threads: the loop's.
class Alarm : public boost::intrusive::set_base_hook<
                  boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit Alarm(Alarms& alarms) : alarms_(alarms) {}
  ~Alarm() { cancel(); }
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

  void set(Time due, std::function<void()> work);
  void cancel();

  friend bool operator<(const Alarm& a, const Alarm& b) { return a.due_ < b.due_; }

 private:
  friend class Alarms;

  Alarms& alarms_;
  Time due_ = {};
  std::function<void()> work_;
};

class Alarms {
 public:
  // Calls all that are due, until `stopped`.
  void ring(const std::atomic<bool>& stopped);
  // When the next is due; nothing: none is set.
  [[nodiscard]] std::optional<Alarm::Time> next() const;

 private:
  friend class Alarm;

  boost::intrusive::multiset<Alarm, boost::intrusive::constant_time_size<false>> by_due_;
};

// A point in time that moves with every request and is seldom reached. Moving it later only stores
// it: the alarm below finds out when it rings too early. `on_expiry` is called once for each
// deadline reached, and never after the destructor.
class Deadline {
 public:
  Deadline(Loop& loop, std::function<void()> on_expiry);
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  void set(std::chrono::milliseconds from_now);
  void clear() { due_ = Alarm::Time::max(); }

 private:
  void set_alarm();
  void on_alarm();

  std::function<void()> on_expiry_;
  Alarm::Time due_ = Alarm::Time::max();    // what was asked for
  Alarm::Time rings_ = Alarm::Time::max();  // when the alarm does
  Alarm alarm_;
};

}  // namespace ooe::http
