// HTTP/1.1 client with a pool of kept-alive connections: one per loop, many calls at a time.
// In: requests. Out: head, body bytes as they come, then exactly one end or fault. Knows: base.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/loop.h"
#include "http/message.h"

namespace ooe::http {

// What can go wrong between us and a server, as docs/faults.md tells them apart.
enum class Fault {
  resolve,       // the name has no address
  connect,       // refused, unreachable, or not in time
  no_socket,     // descriptors, ports or memory of our own are used up: says nothing of the server
  tls,           // handshake or certificate
  head_timeout,  // connected, but no response head in time
  malformed,     // not HTTP, or a head or framing above its limits
  stalled,       // the body stopped coming for longer than `stall_timeout`
  cut,           // closed before the body's end
};
[[nodiscard]] std::string_view to_string(Fault fault);

struct ClientRequest {
  std::string method = "POST";
  Url url = {};  // `path` is the whole target
  Headers headers = {};
  std::string body = {};
  // What prepare_head() made of a request to the same place; `headers` then holds only what this
  // call adds. For who makes many calls that differ in little but their bodies.
  std::shared_ptr<const std::string> prepared = nullptr;
  std::chrono::milliseconds connect_timeout{3'000};
  std::chrono::milliseconds head_timeout{
      120'000};  // from the last request byte to the response head
  std::chrono::milliseconds stall_timeout{60'000};  // between two reads of the body
};

// Returns the request line, `host` and the headers, checked once for many calls. Errors:
// invalid_argument for a method, target or header that cannot be sent as it is.
[[nodiscard]] Result<std::string> prepare_head(const ClientRequest& request);

// Callbacks of one call, on the loop's thread. After on_end or on_fault nothing more is called.
struct CallHandlers {
  // De-chunked; the bytes live until the callback returns. (First: it alone is called for every
  // read, so that it should be in one cache line with what stands before these.)
  std::function<void(std::string_view bytes)> on_body = {};
  // The request has left, whole; once for each time it was sent. Comes before on_head, unless the
  // server answers before it has all of it; may come before start() returns.
  std::function<void()> on_sent = {};
  // What had the request, whole, has not looked at it: it goes out again from its start.
  std::function<void()> on_unsent = {};
  std::function<void(int status, const Headers& headers)> on_head = {};
  // The framing says the body is whole.
  std::function<void()> on_end = {};
  std::function<void(Fault fault, std::string message)> on_fault = {};
};

// A call in progress, which may outlive its Client. cancel() closes its connection at once;
// afterwards no callback is called. pause() stops reading (the server's sends fill up:
// backpressure) until resume(); a paused call does not stall. Dropping it cancels.
class Call {
 public:
  virtual ~Call() = default;
  virtual void cancel() = 0;
  // What is left of the body is of no interest: no callback is called any more, and the connection
  // is kept for the next call if the body ends within moments and a few bytes. Dropping the call
  // does not cut that short.
  virtual void release() { cancel(); }
  virtual void pause() = 0;
  virtual void resume() = 0;
  // What came was no answer, or too late, though its HTTP was well: for who chooses among servers.
  virtual void blame() {}
};

struct ClientShared;  // the pool and the TLS context

struct ClientOptions {
  std::size_t idle_connections_max = 256;  // kept per client; the oldest goes first
  std::chrono::milliseconds idle_timeout{30'000};
  // An older connection is not used again: the next one goes where the name leads by then.
  std::chrono::milliseconds age_max{60'000};
  std::size_t header_bytes_max = 64U << 10U;
  std::string ca_file = {};  // private CA in PEM, in addition to the system's roots
};

// Threads: the loop's only.
class Client {
 public:
  explicit Client(Loop& loop, ClientOptions options = {});
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Never calls back before it returns, but on_sent. A kept-alive connection is replaced by a new
  // one, once and silently, when the server closes it just as the request is written, or speaks
  // before it has all of it. Who closes later may have worked on the request, which is not sent
  // again: `cut`.
  [[nodiscard]] std::unique_ptr<Call> start(ClientRequest request, CallHandlers handlers);

 private:
  std::shared_ptr<ClientShared> shared_;
};

}  // namespace ooe::http
