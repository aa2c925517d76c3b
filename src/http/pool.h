// Private to this room: a client's connections, in use (Link) and waiting for the next call (Pool).
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "http/alarms.h"
#include "http/asio.h"
#include "http/client.h"
#include "http/input_buffer.h"
#include "http/tls_sessions.h"

namespace ooe::http {

// Who uses a link at the moment.
class LinkUser {
 public:
  // More is in `input`, or nothing more will come.
  virtual void on_read(const error_code& error) = 0;
  virtual void on_deadline() = 0;

 protected:
  ~LinkUser() = default;
};

// One connection to a server: TCP, with TLS around it when the address says https. It outlives
// every operation started on it, since each holds it by shared_ptr. Buffer, deadline and reading
// belong to the connection, so that a call on one that is open costs none of them.
struct Link : std::enable_shared_from_this<Link> {
  Link(Loop& loop, std::size_t input_bytes_max);

  // Reads once, unless a read is under way, and tells the user. Without a user it closes: the
  // server has closed the connection, or said what nobody asked for. Requires: room in `input`.
  void read();
  void close();

  Socket socket;
  std::shared_ptr<TlsSession> session;  // of `tls`, which tells it of new ones
  std::optional<asio::ssl::stream<Socket&>> tls;
  InputBuffer input;
  LinkUser* user = nullptr;  // leaves before it dies
  Deadline deadline;
  bool reading = false;

 private:
  void on_read(const error_code& error, std::size_t n);
};

// Kept-alive connections, the newest used first and the oldest closed first.
class Pool {
 public:
  Pool(Loop& loop, std::size_t idle_max, std::chrono::milliseconds idle_timeout);

  // Returns an open connection to the url's host and port, or null.
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
