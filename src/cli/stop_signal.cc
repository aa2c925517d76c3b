#include "cli/stop_signal.h"

#include <atomic>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "base/check.h"

namespace ooe::cli {
namespace {

constexpr std::chrono::milliseconds kPoll{100};  // how late the watcher may notice its end
constexpr int kExitInterrupted = 130;            // 128 + SIGINT, as shells have it

std::atomic<int> g_write_end = -1;
static_assert(std::atomic<int>::is_always_lock_free);  // a handler may do nothing else

void tell(int number) {
  const int error = errno;
  const auto byte = static_cast<unsigned char>(number);
  // A full pipe has signals enough.
  [[maybe_unused]] const ssize_t written = ::write(g_write_end.load(), &byte, 1);
  errno = error;
}

void set_handler(int number, void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  ::sigaction(number, &action, nullptr);
}

}  // namespace

StopSignal::StopSignal() {
  OOE_CHECK(::pipe2(pipe_, O_CLOEXEC | O_NONBLOCK) == 0, "two file descriptors are left");
  g_write_end = pipe_[1];
  set_handler(SIGINT, tell);
  set_handler(SIGTERM, tell);
}

StopSignal::~StopSignal() {
  watcher_ = {};  // joins
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) set_handler(number, SIG_DFL);
  g_write_end = -1;
  ::close(pipe_[0]);
  ::close(pipe_[1]);
}

void StopSignal::take_hang_up() { set_handler(SIGHUP, tell); }

void StopSignal::wait() {
  while (!wait_for(std::chrono::hours(1))) {
  }
}

std::optional<int> StopSignal::wait_for(std::chrono::milliseconds patience) {
  pollfd ready{.fd = pipe_[0], .events = POLLIN, .revents = 0};
  int count = 0;
  do {
    count = ::poll(&ready, 1, static_cast<int>(patience.count()));
  } while (count < 0 && errno == EINTR);  // the handler has run in this thread
  if (count <= 0) return std::nullopt;
  unsigned char number = 0;
  if (::read(pipe_[0], &number, 1) != 1) return std::nullopt;
  return number;
}

void StopSignal::on_signal(std::function<void()> stop) {
  watcher_ = std::jthread([this, stop = std::move(stop)](const std::stop_token& token) {
    for (int seen = 0; !token.stop_requested();) {
      if (!wait_for(kPoll)) continue;
      if (++seen == 2) ::_exit(kExitInterrupted);
      stop();
    }
  });
}

}  // namespace ooe::cli
