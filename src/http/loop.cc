#include "http/loop.h"

#include <array>
#include <utility>

#include <sys/socket.h>
#include <sys/uio.h>

#include "base/check.h"
#include "http/loop_impl.h"

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

struct Timer::Impl {
  Alarm alarm;
};

Timer::Timer(Loop& loop) : impl_(new Impl{Alarm(loop.impl().alarms)}) {}

Timer::~Timer() = default;

void Timer::arm(std::chrono::milliseconds delay, std::function<void()> work) {
  impl_->alarm.set(steady_clock::now() + delay, std::move(work));
}

void Timer::cancel() { impl_->alarm.cancel(); }

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

}  // namespace ooe::http
