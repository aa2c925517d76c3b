// Ctrl-C and `kill`: the polite way to stop. Made first thing by commands that run for long, so
// that every thread started later leaves the signals to it.
#pragma once

#include <csignal>
#include <functional>
#include <thread>

namespace ooe::cli {

class StopSignal {
 public:
  // Blocks SIGINT and SIGTERM in this thread and those it starts.
  StopSignal();

  // Waits for one of the signals.
  void wait();

  // Calls `stop` from another thread at the first signal; a second one ends the process at once.
  void on_signal(std::function<void()> stop);

 private:
  sigset_t signals_{};
  std::jthread watcher_;
};

}  // namespace ooe::cli
