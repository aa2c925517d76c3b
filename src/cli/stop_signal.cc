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

void StopSignal::take_hang_up() {
  sigaddset(&signals_, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
}

std::optional<int> StopSignal::wait_for(std::chrono::milliseconds patience) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(patience);
  const timespec limit{.tv_sec = whole.count(),
                       .tv_nsec = std::chrono::nanoseconds(patience - whole).count()};
  const int number = sigtimedwait(&signals_, nullptr, &limit);
  return number > 0 ? std::optional(number) : std::nullopt;
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
