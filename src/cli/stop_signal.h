// Ctrl-C and `kill`: the polite way to stop. A handler writes the signal's number into a pipe, so
// it does not matter which thread the system picks: libraries start some of their own before
// main().
#pragma once

#include <chrono>
#include <csignal>
#include <functional>
#include <optional>
#include <thread>

namespace ooe::cli {

class StopSignal {
 public:
  // Takes SIGINT and SIGTERM. One a process at a time.
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  // SIGHUP too, which then means "read your files again" instead of the end.
  void take_hang_up();

  // Waits for one of the signals.
  void wait();
  // Returns the signal that came within `patience`, or nothing.
  [[nodiscard]] std::optional<int> wait_for(std::chrono::milliseconds patience);

  // Calls `stop` from another thread at the first signal; a second one ends the process at once.
  void on_signal(std::function<void()> stop);

 private:
  int pipe_[2] = {-1, -1};  // read end, write end
  std::jthread watcher_;
};

}  // namespace ooe::cli
