// Ctrl-C and `kill`: the polite way to stop. Made first thing by commands that run for long, so
// that every thread started later leaves the signals to it.
#pragma once

#include <chrono>
#include <csignal>
#include <functional>
#include <optional>
#include <thread>

namespace ooe::cli {

class StopSignal {
 public:
  // Blocks SIGINT and SIGTERM in this thread and those it starts.
  StopSignal();
  // SIGHUP too, which then means "read your files again" instead of the end.
  void take_hang_up();

  // Waits for one of the signals.
  void wait();
  // Returns the signal that came within `patience`, or nothing.
  [[nodiscard]] std::optional<int> wait_for(std::chrono::milliseconds patience);

  // Calls `stop` from another thread at the first signal; a second one ends the process at once.
  void on_signal(std::function<void()> stop);

 private:
  sigset_t signals_{};
  std::jthread watcher_;
};

}  // namespace ooe::cli
