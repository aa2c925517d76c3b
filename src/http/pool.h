// Private to this room: a client's connections, in use (Link) and waiting for the next call (Pool).
#pragma once

#include <cstddef>
#include <list>
#include <memory>

#include "http/alarms.h"
#include "http/client.h"
#include "http/input_buffer.h"
#include "http/stream.h"
#include "http/tls_sessions.h"

namespace ooe::http {

// Who uses a link at the moment.
class LinkUser {
 public:
  virtual void on_ready() = 0;
  virtual void on_deadline() = 0;

 protected:
  ~LinkUser() = default;
};

// One connection to a server: TCP, with TLS around it when the address says https. Buffer and
// deadline belong to the connection, so that a call on one that is open costs neither.
struct Link final : SocketUser, std::enable_shared_from_this<Link> {
  Link(Loop& loop, std::size_t input_bytes_max);

  // Tells the user. Without one: close_if_told().
  void on_ready() override;
  // Closes when there is something to read, while nothing is asked: the server has closed the
  // connection, or said what nobody asked for. Its sessions for TLS are no words.
  void close_if_told();

  std::shared_ptr<TlsSession> session;  // of the stream's TLS, which tells it of new ones
  LinkUser* user = nullptr;             // leaves before it dies
  Stream stream;
  InputBuffer input;
  Deadline deadline;
  const std::chrono::steady_clock::time_point born = std::chrono::steady_clock::now();
};

// Kept-alive connections, the newest used first and the oldest closed first.
class Pool {
 public:
  Pool(Loop& loop, std::size_t idle_max, std::chrono::milliseconds idle_timeout,
       std::chrono::milliseconds age_max);

  // Returns an open connection to the url's host and port that is not too old, or null.
  [[nodiscard]] std::shared_ptr<Link> take(const Url& url);
  // Closes it instead when it is too old.
  void put(const Url& url, std::shared_ptr<Link> link);
  // Returns whether there was one.
  bool close_oldest();

 private:
  struct Idle {
    Url url;  // without path
    std::shared_ptr<Link> link;
    std::chrono::steady_clock::time_point since;
  };

  [[nodiscard]] bool is_old(const Link& link) const;
  void close_old();

  Loop& loop_;
  std::size_t idle_max_;
  std::chrono::milliseconds idle_timeout_;
  std::chrono::milliseconds age_max_;
  std::list<Idle> idle_;  // oldest first
  Timer timer_;
  bool timer_armed_ = false;
};

}  // namespace ooe::http
