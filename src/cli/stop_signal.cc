#include "cli/stop_signal.h"

#include <csignal>
#include <ctime>
#include <utility>

#include <pthread.h>
#include <ucontext.h>
#include <unistd.h>

namespace ooe::cli {
namespace {

constexpr timespec kPoll{.tv_sec = 0,
                         .tv_nsec = 100'000'000};  // how late the watcher may notice its end
constexpr int kExitInterrupted = 130;              // 128 + SIGINT, as shells have it

// A library may have started threads before main (OpenBLAS does), which have blocked nothing: a
// signal that reached one of them, while nobody waited for it, ended the process. Such a thread
// learns to block the signal and sends it on, until it stays pending for whoever waits next.
void pass_on(int number, siginfo_t* /*info*/, void* context) {
  sigaddset(&static_cast<ucontext_t*>(context)->uc_sigmask, number);
  ::kill(::getpid(), number);
}

void keep(int number) {
  struct sigaction action = {};
  action.sa_sigaction = pass_on;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(number, &action, nullptr);
}

}  // namespace

StopSignal::StopSignal() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGINT);
  sigaddset(&signals_, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  keep(SIGINT);
  keep(SIGTERM);
}

void StopSignal::wait() {
  int number = 0;
  sigwait(&signals_, &number);
}

void StopSignal::take_hang_up() {
  sigaddset(&signals_, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  keep(SIGHUP);
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
