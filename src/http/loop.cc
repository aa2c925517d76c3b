#include "http/loop.h"

#include <array>
#include <cstdint>
#include <utility>

#include <sys/socket.h>
#include <sys/uio.h>

#include "base/check.h"
#include "http/asio.h"

namespace ooe::http {

using std::chrono::steady_clock;

Loop::Loop() : impl_(std::make_unique<Impl>()) {}

Loop::~Loop() = default;

void Loop::run() {
  impl_->context.run();
  impl_->context.restart();  // so that run() may be called again
}

void Loop::stop() { impl_->context.stop(); }

void Loop::post(std::function<void()> work) { asio::post(impl_->context, std::move(work)); }

// The state outlives the Timer until Asio has let go of the wait; `generation` tells a wait that
// was cancelled too late (its completion was already queued) that it is not wanted any more.
struct Timer::Impl {
  explicit Impl(const Executor& executor) : timer(executor) {}

  SteadyTimer timer;
  std::uint64_t generation = 0;
  std::function<void()> work;
};

Timer::Timer(Loop& loop) : impl_(std::make_shared<Impl>(executor_of(loop))) {}

Timer::~Timer() { cancel(); }

void Timer::arm(std::chrono::milliseconds delay, std::function<void()> work) {
  impl_->work = std::move(work);
  impl_->timer.expires_after(delay);
  impl_->timer.async_wait([impl = impl_, generation = ++impl_->generation](const error_code&) {
    if (generation != impl->generation) return;
    const auto due = std::exchange(impl->work, nullptr);
    if (due) due();
  });
}

void Timer::cancel() {
  ++impl_->generation;
  impl_->timer.cancel();
  // Last, and out of the state first: destroying the function may destroy this Timer's owner.
  const auto forgotten = std::exchange(impl_->work, nullptr);
}

std::size_t send_now(Socket& socket, std::initializer_list<std::string_view> pieces) {
  std::array<iovec, 2> parts{};
  OOE_CHECK(pieces.size() <= parts.size(), "a head and a body");
  std::size_t count = 0;
  for (const std::string_view piece : pieces) {
    parts[count++] = {const_cast<char*>(piece.data()), piece.size()};  // only read
  }
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = count;
  const auto sent = ::sendmsg(socket.native_handle(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  return sent > 0 ? static_cast<std::size_t>(sent) : 0;
}

struct Deadline::State : std::enable_shared_from_this<Deadline::State> {
  State(const Executor& executor, std::function<void()> function)
      : timer(executor), on_expiry(std::move(function)) {}

  void wait_until(steady_clock::time_point when) {
    armed = when;
    timer.expires_at(when);
    timer.async_wait([self = shared_from_this()](const error_code& error) {
      if (!error) self->fire();
    });
  }

  void fire() {
    armed = steady_clock::time_point::max();
    if (due == steady_clock::time_point::max() || !on_expiry) return;
    if (steady_clock::now() < due) return wait_until(due);
    due = steady_clock::time_point::max();
    const auto call = on_expiry;  // a copy: the call may destroy the Deadline and its function
    call();
  }

  SteadyTimer timer;
  std::function<void()> on_expiry;
  steady_clock::time_point due = steady_clock::time_point::max();    // what was asked for
  steady_clock::time_point armed = steady_clock::time_point::max();  // when the timer fires
};

Deadline::Deadline(const Executor& executor, std::function<void()> on_expiry)
    : state_(std::make_shared<State>(executor, std::move(on_expiry))) {}

Deadline::~Deadline() {
  state_->on_expiry = nullptr;
  state_->timer.cancel();
}

void Deadline::set(std::chrono::milliseconds from_now) {
  state_->due = steady_clock::now() + from_now;
  if (state_->due < state_->armed) state_->wait_until(state_->due);
}

void Deadline::clear() { state_->due = steady_clock::time_point::max(); }

}  // namespace ooe::http
