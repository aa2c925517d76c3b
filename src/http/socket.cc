#include "http/socket.h"

#include <array>
#include <cerrno>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "base/check.h"

namespace ooe::http {
namespace {

constexpr std::uint32_t kReading = EPOLLIN | EPOLLRDHUP;

// Chunks leave as they come.
void send_small_segments_at_once(int descriptor) {
  const int on = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

}  // namespace

Socket::Socket(Loop::Impl& loop, SocketUser& user, Descriptor accepted)
    : loop_(loop), user_(user), descriptor_(std::move(accepted)) {}

bool Socket::watch() {
  send_small_segments_at_once(descriptor_.get());
  watched_ = loop_.watch(descriptor_.get(), kReading, *this);
  return watched_;
}

Io Socket::connect(const Endpoint& endpoint) {
  close();
  descriptor_ = Descriptor(
      ::socket(endpoint.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
  if (!descriptor_.is_open()) return failed(errno);
  send_small_segments_at_once(descriptor_.get());
  if (::connect(descriptor_.get(), endpoint.get(), endpoint.size) != 0 && errno != EINPROGRESS) {
    return failed(errno);
  }
  sends_later_ = true;  // a new connection may be sent to
  watched_ = loop_.watch(descriptor_.get(), kReading | EPOLLOUT, *this);
  return watched_ ? Io::again : failed(errno);
}

Io Socket::is_connected() {
  if (sends_later_) return Io::again;
  int error = 0;
  socklen_t size = sizeof(error);
  ::getsockopt(descriptor_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  return error == 0 ? Io::done : failed(error);
}

Transfer Socket::receive(std::span<char> room) {
  if (!is_open()) return {Io::failed};
  if (!readable_) return {Io::again};
  const auto count = ::recv(descriptor_.get(), room.data(), room.size(), 0);
  if (count > 0) {
    const auto bytes = static_cast<std::size_t>(count);
    // A read that did not fill its room has emptied the socket: epoll(7), questions and answers, 9.
    readable_ = bytes == room.size() || hung_up_;
    return {Io::done, bytes};
  }
  if (count == 0) return {Io::end};
  if (errno == EINTR) return receive(room);
  if (errno != EAGAIN) return {failed(errno)};
  readable_ = false;
  return {Io::again};
}

bool Socket::has_unread() const {
  int bytes = 0;
  return is_open() && ::ioctl(descriptor_.get(), FIONREAD, &bytes) == 0 && bytes > 0;
}

Transfer Socket::send(std::initializer_list<std::string_view> pieces) {
  if (!is_open()) return {Io::failed};
  std::array<iovec, 2> parts{};
  OOE_CHECK(pieces.size() <= parts.size(), "a head and a body");
  std::size_t count = 0;
  std::size_t size = 0;
  for (const std::string_view piece : pieces) {
    parts[count++] = {const_cast<char*>(piece.data()), piece.size()};  // only read
    size += piece.size();
  }
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = count;
  // One piece needs no list of pieces, which the system would copy first.
  const auto sent =
      count == 1 ? ::send(descriptor_.get(), parts[0].iov_base, parts[0].iov_len, MSG_NOSIGNAL)
                 : ::sendmsg(descriptor_.get(), &message, MSG_NOSIGNAL);
  if (sent < 0 && errno == EINTR) return send(pieces);
  if (sent < 0 && errno != EAGAIN) return {failed(errno)};
  const auto bytes = sent < 0 ? 0 : static_cast<std::size_t>(sent);
  if (bytes < size) wait_to_send();
  return {bytes > 0 || size == 0 ? Io::done : Io::again, bytes};
}

// Watched only while it is waited for: it would be told with every byte that comes.
void Socket::wait_to_send() {
  if (sends_later_) return;
  sends_later_ = true;
  loop_.change(descriptor_.get(), kReading | EPOLLOUT, *this);
}

bool Socket::end_sending() { return ::shutdown(descriptor_.get(), SHUT_WR) == 0; }

void Socket::close() {
  if (watched_) loop_.forget(descriptor_.get(), *this);
  watched_ = false;
  descriptor_.close();
  sends_later_ = readable_ = hung_up_ = false;
}

void Socket::reset() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  if (is_open()) {
    ::setsockopt(descriptor_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  }
  close();
}

void Socket::on_events(std::uint32_t events) {
  if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) readable_ = true;
  if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) hung_up_ = true;
  if (sends_later_ && (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0) {
    sends_later_ = false;
    loop_.change(descriptor_.get(), kReading, *this);
  }
  user_.on_ready();
}

}  // namespace ooe::http
