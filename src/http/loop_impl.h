// Private to this room: what a Loop is made of. Sockets are watched edge-triggered and registered
// once in their lives (epoll(7)): a request on an open connection costs no call to change what is
// watched, and none to find a socket empty that has just been emptied.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include <sys/epoll.h>

#include "http/alarms.h"
#include "http/descriptor.h"
#include "http/loop.h"

namespace ooe::http {

// Who is told what became possible on a descriptor.
class Watcher {
 public:
  // `events`: those of epoll_wait(). May destroy the watcher.
  virtual void on_events(std::uint32_t events) = 0;

 protected:
  ~Watcher() = default;
};

// Who has something to write.
class Writer {
 public:
  virtual void flush() = 0;

 protected:
  ~Writer() = default;
};

// Threads: post() and stop() from any; everything else the loop's.
struct Loop::Impl {
  static constexpr std::chrono::milliseconds kMoment{1};

  Impl();
  ~Impl();
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void run();
  void stop();
  void post(std::function<void()> work);

  // Returns whether the system took it: it may be out of memory. The watcher is told, and forgotten
  // before its descriptor closes.
  [[nodiscard]] bool watch(int descriptor, std::uint32_t events, Watcher& watcher);
  void change(int descriptor, std::uint32_t events, Watcher& watcher);
  // The watcher is told nothing more, not even what this turn still has for it.
  void forget(int descriptor, Watcher& watcher);

  // The time when the event in progress began to be handled; asked outside of one, the time.
  [[nodiscard]] Alarms::Time now() const {
    return in_event_ ? event_began_ : std::chrono::steady_clock::now();
  }

  // Whether something may have come since `since` that the watcher has not been told: what this
  // turn still has, or had no room for, or what has come since the system was asked. If it was
  // asked less than kMoment before, nothing to speak of has had time to come.
  [[nodiscard]] bool may_have_news(const Watcher& watcher, Alarms::Time since) const;

  // Has `writer` write when the event in progress is done: all that the bytes of one read have
  // given it, at once and before the next event.
  void flush_soon(std::shared_ptr<Writer> writer) { writers_.push_back(std::move(writer)); }

  Alarms alarms;

 private:
  [[nodiscard]] std::vector<std::function<void()>> take_posted();
  void run_posted();
  void begin_event(Alarms::Time now);
  void flush();
  [[nodiscard]] int fall_asleep();  // returns the timeout for epoll_wait()
  void note_awake();
  void rouse();  // unless awake

  Descriptor epoll_;
  Descriptor wake_;
  std::atomic<bool> stopped_ = false;
  std::span<epoll_event> turn_;  // events not yet told
  // A clock is read once an event, not by everybody who sets a deadline.
  bool in_event_ = false;
  bool turn_is_full_ = false;  // the system may have had more to tell
  int full_turns_ = 0;         // one behind the other
  Alarms::Time event_began_;
  Alarms::Time asked_ = Alarms::Time::min();  // when what is told now was; never, of anything else

  std::mutex mutex_;
  bool asleep_ = false;                        // guarded by mutex_
  std::vector<std::function<void()>> posted_;  // guarded by mutex_

  // These may keep connections alive. They stand last, and so are destroyed before anything that
  // connections need.
  std::deque<std::function<void()>> ready_;  // were posted
  std::vector<std::shared_ptr<Writer>> writers_;
};

}  // namespace ooe::http
