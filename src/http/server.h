// HTTP/1.1 server: frames and bounds requests, hands each whole request to a handler, writes what
// the handler says. In: sockets. Out: one Exchange per request. Knows: base. Strict at the door: a
// request with both Content-Length and Transfer-Encoding, a repeated Content-Length, a bad header
// or a body above its limit gets a 4xx and the connection closes. `Expect: 100-continue` is
// answered. Pipelined requests are answered one after the other.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/loop.h"
#include "http/message.h"

namespace ooe::http {

// Both in PEM; the certificate with those that vouch for it behind it.
struct TlsFiles {
  std::string certificate;
  std::string key;

  friend bool operator==(const TlsFiles&, const TlsFiles&) = default;
};

// So many connections beyond `connections_max`, but never more than `connections_max` again, are
// told at once that the server is full. Further ones are closed without a word.
inline constexpr std::size_t kTurnedAwayMax = 64;

struct ServerOptions {
  std::string listen = "127.0.0.1:8080";
  std::optional<TlsFiles> tls = std::nullopt;  // nothing: plain HTTP
  std::size_t header_bytes_max = 32U << 10U;
  std::size_t body_bytes_max = 8U << 20U;
  std::size_t bodies_bytes_max = 1U << 30U;  // of all that have begun to come, together
  std::size_t connections_max =
      8'000;  // two descriptors each when proxied; beyond it: 503 and close
  std::chrono::milliseconds header_timeout{
      10'000};  // from the first byte to the last header; also for a TLS handshake
  std::chrono::milliseconds body_timeout{
      60'000};  // from the last header to the last byte of the body
  std::chrono::milliseconds idle_timeout{75'000};  // between two requests of one connection
  std::chrono::milliseconds write_timeout{
      60'000};  // a client that reads nothing for this long is gone

  friend bool operator==(const ServerOptions&, const ServerOptions&) = default;
};

// One request and its answer. Either send() once, or send_head(), any number of send_chunk(), then
// finish() or abort(). Calls after the end, or after the client has gone, do nothing. Dropping the
// last reference before the end aborts the connection. Threads: the loop's that made it.
class Exchange {
 public:
  virtual ~Exchange() = default;

  [[nodiscard]] virtual const Request& request() const = 0;
  // Moves the body out: request().body is empty afterwards.
  [[nodiscard]] virtual std::string take_body() = 0;

  virtual void send(Response response) = 0;
  // Starts a body of unknown length (chunked). Nothing goes out before the first chunk or finish().
  virtual void send_head(int status, Headers headers) = 0;
  virtual void send_chunk(std::string_view bytes) = 0;
  // `trailers`: for clients that take them, see takes_trailers(); without chunks they are left out.
  virtual void finish(const Headers& trailers) = 0;
  void finish() { finish({}); }
  // Ends with broken framing, so that no client takes the body for whole.
  virtual void abort() = 0;

  // Bytes handed over but not yet taken by the system: above a limit of the caller's choice it
  // stops reading its source, and goes on when_drained().
  [[nodiscard]] virtual std::size_t unsent_bytes() const = 0;
  // Calls `work` once, when unsent_bytes() comes back to zero; never when the client leaves before.
  virtual void when_drained(std::function<void()> work) = 0;
  // Called at most once, when the client leaves before the end of the answer.
  virtual void on_gone(std::function<void()> work) = 0;
};

// Called for every request on the loop its connection lives on; `loop` is that loop's index in the
// span given to start(). Must not block.
using Handler = std::function<void(std::size_t loop, std::shared_ptr<Exchange> exchange)>;

// What to answer with when there is no request to hand to the handler: its bytes are not HTTP,
// above a limit or too slow, or there are too many connections. `code` is one of docs/http.md; the
// server closes after it. Same threads as the handler.
using Refuse = std::function<Response(int status, std::string_view code, std::string_view message)>;
[[nodiscard]] Response plain_refusal(int status, std::string_view code, std::string_view message);

class Server {
 public:
  // Binds, listens and spreads accepted connections over `loops` in turn. The loops may be running
  // already. Errors: invalid_argument for a bad address or bad TLS files; unavailable when the port
  // is in use (the message says so). Requires: the loops outlive the server, its connections and
  // every Exchange.
  [[nodiscard]] static Result<std::unique_ptr<Server>> start(std::span<Loop* const> loops,
                                                             ServerOptions options, Handler handler,
                                                             Refuse refuse = plain_refusal);
  ~Server();  // as close_now(); the loops must have been stopped, or be the calling thread's
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  // Open connections. Any thread.
  [[nodiscard]] std::size_t connections() const;

  // Reads certificate and key again, for connections from now on. Errors: invalid_argument; then
  // all stays as it was. Any thread.
  [[nodiscard]] Result<void> reload_tls();
  // From now on every answer says that it is its connection's last, so that clients who keep one
  // open for the next request find another server before this one goes. Any thread.
  void announce_end();
  // No new connections, no further request on the open ones; what has begun to come is still handed
  // to the handler, and answers in progress go on. Any thread.
  void drain();
  // Closes every connection. Any thread.
  void close_now();

 private:
  struct Impl;
  explicit Server(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace ooe::http
