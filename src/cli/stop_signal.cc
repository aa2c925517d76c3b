#include "cli/stop_signal.h"

#include <ctime>
#include <utility>

#include <pthread.h>
#include <unistd.h>

namespace ooe::cli {
namespace {

constexpr timespec kPoll{.tv_sec = 0,
                         .tv_nsec = 100'000'000};  // how late the watcher may notice its end
constexpr int kExitInterrupted = 130;              // 128 + SIGINT, as shells have it

}  // namespace

StopSignal::StopSignal() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGINT);
  sigaddset(&signals_, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
}

void StopSignal::wait() {
  int number = 0;
  sigwait(&signals_, &number);
}

void StopSignal::on_signal(std::function<void()> stop) {
  watcher_ = std::jthread([this, stop = std::move(stop)](const std::stop_token& token) {
    for (int seen = 0; !token.stop_requested();) {
      if (sigtimedwait(&signals_, nullptr, &kPoll) < 0) continue;
      if (++seen == 2) ::_exit(kExitInterrupted);
      stop();
    }
  });
}

}  // namespace ooe::cli
