// Private to this room: a connection as its two ends use it, in plain text or in TLS.
#pragma once

#include <initializer_list>
#include <span>
#include <string_view>

#include "http/socket.h"
#include "http/tls.h"

namespace ooe::http {

// Threads: its loop's, but for the constructor.
class Stream {
 public:
  Stream(Loop& loop, SocketUser& user, Descriptor accepted = {});

  [[nodiscard]] Socket& socket() { return socket_; }

  // From now on it is in TLS; `tls` knows which side it is.
  void encrypt(Tls tls);
  [[nodiscard]] SSL* tls() const { return tls_.get(); }  // null: plain text
  // To be called again when on_ready() comes, for as long as it says Io::again.
  [[nodiscard]] Io shake_hands();

  [[nodiscard]] Transfer read(std::span<char> room);
  // Whether read() may find something without a further on_ready().
  [[nodiscard]] bool may_read() const;
  // What was not taken comes again in the next call, first.
  [[nodiscard]] Transfer write(std::initializer_list<std::string_view> pieces);
  // Says that nothing more will be written. Returns whether it could.
  [[nodiscard]] bool end_writing();

  // No goodbye.
  void close();
  void reset();

 private:
  [[nodiscard]] Io status_of(int result);

  Socket socket_;
  Tls tls_;
};

}  // namespace ooe::http
