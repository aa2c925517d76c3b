// Private to this room: a TCP socket that never waits. What cannot be done now is Io::again, and
// its user is told when it is worth another try.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

#include "http/address.h"
#include "http/descriptor.h"
#include "http/loop_impl.h"

namespace ooe::http {

enum class Io {
  done,
  again,   // on_ready() will come
  end,     // the peer will send no more
  failed,  // the connection is of no use any more
};

struct Transfer {
  Io status = Io::again;
  std::size_t bytes = 0;  // when done: at least one
};

class SocketUser {
 public:
  // Something has come, or may be sent again, or the connection has ended or failed: reading and
  // writing tell which. May destroy the socket.
  virtual void on_ready() = 0;

 protected:
  ~SocketUser() = default;
};

// Threads: its loop's, but for the constructor.
class Socket final : public Watcher {
 public:
  // `accepted`: open and non-blocking, or none for connect().
  Socket(Loop::Impl& loop, SocketUser& user, Descriptor accepted = {});
  ~Socket() { close(); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  // Has the user of an accepted socket told from now on. Returns whether the system could.
  [[nodiscard]] bool watch();
  // Io::again: under way; is_connected() tells when on_ready() has come. Closes what was open.
  [[nodiscard]] Io connect(const Endpoint& endpoint);
  [[nodiscard]] Io is_connected();

  [[nodiscard]] bool is_open() const { return descriptor_.is_open(); }
  [[nodiscard]] Transfer receive(std::span<char> room);
  // Whether receive() may find something without a further on_ready().
  [[nodiscard]] bool may_receive() const { return readable_; }
  // Whether the peer has ended or broken the connection, also when bytes of it were not received.
  [[nodiscard]] bool hung_up() const { return hung_up_; }
  // Whether something has come that was not received, told already or not.
  [[nodiscard]] bool has_unread() const;
  // Has receive() find what has come and is not told yet.
  void look() { readable_ = readable_ || has_unread(); }
  // Sends as much as fits of at most two pieces, a head and a body.
  [[nodiscard]] Transfer send(std::initializer_list<std::string_view> pieces);
  [[nodiscard]] bool end_sending();  // returns whether it could
  void close();
  // Closes so that the peer knows that bytes may be missing.
  void reset();
  [[nodiscard]] int error() const { return error_; }  // of the last Io::failed

  void on_events(std::uint32_t events) override;

 private:
  Io failed(int error) {
    error_ = error;
    return Io::failed;
  }
  void wait_to_send();

  Loop::Impl& loop_;
  SocketUser& user_;
  Descriptor descriptor_;
  bool watched_ = false;
  bool sends_later_ = false;  // "may be sent" is watched, too
  bool readable_ = false;
  bool hung_up_ = false;  // behind the last byte stands an end or an error
  int error_ = 0;
};

}  // namespace ooe::http
