// Private to this room: a client's connections, in use (Link) and waiting for the next call (Pool).
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "http/asio.h"
#include "http/client.h"
#include "http/input_buffer.h"

namespace ooe::http {

// One connection to a server: TCP, with TLS around it when the address says https. It outlives
// every operation started on it, since each holds it by shared_ptr.
struct Link {
  Link(const Executor& executor, std::size_t input_bytes_max)
      : socket(executor), input(input_bytes_max) {}

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return tls ? tls->async_read_some(buffers, std::forward<Token>(token))
               : socket.async_read_some(buffers, std::forward<Token>(token));
  }
  void close();
  // Returns false when the server has closed the connection, or sent what nobody asked for.
  [[nodiscard]] bool is_quiet();

  Socket socket;
  std::optional<asio::ssl::stream<Socket&>> tls;
  InputBuffer input;
};

// Kept-alive connections, the newest used first and the oldest closed first.
class Pool {
 public:
  Pool(Loop& loop, std::size_t idle_max, std::chrono::milliseconds idle_timeout);

  // Returns a connection to the url's host and port that looked alive just now, or null.
  [[nodiscard]] std::shared_ptr<Link> take(const Url& url);
  void put(const Url& url, std::shared_ptr<Link> link);

 private:
  struct Idle {
    Url url;  // without path
    std::shared_ptr<Link> link;
    std::chrono::steady_clock::time_point since;
  };

  void close_old();

  std::size_t idle_max_;
  std::chrono::milliseconds idle_timeout_;
  std::list<Idle> idle_;  // oldest first
  Timer timer_;
  bool timer_armed_ = false;
};

}  // namespace ooe::http
