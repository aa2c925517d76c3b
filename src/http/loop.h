// One thread's event loop and its timers, over epoll. In: functions to call now or later. Out:
// their calls, all on the thread inside run(). Knows: base.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace ooe::http {

// Threads: post() and stop() from any thread; everything else on the thread that runs the loop, or
// before run().
class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Runs until stop(), also while there is nothing to do. What is left then waits for the next
  // run().
  void run();
  void stop();
  void post(std::function<void()> work);

  struct Impl;
  [[nodiscard]] Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

// One pending call at a time. Destroying or re-arming forgets the pending one for certain: after
// cancel() the old function is not called any more. Threads: the loop's.
class Timer {
 public:
  explicit Timer(Loop& loop);
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  void arm(std::chrono::milliseconds delay, std::function<void()> work);
  void cancel();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ooe::http
