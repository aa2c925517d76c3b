#include "http/client.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

#include "http/asio.h"
#include "http/parser.h"
#include "http/pool.h"
#include "http/wire.h"

namespace ooe::http {

namespace {

// No body of a response is too long for us: whoever reads it decides.
constexpr std::uint64_t kAnyLength = std::uint64_t{1} << 62U;
// What the rest of a released call may take before its connection is closed instead of kept: the
// end of a chunked body is usually one packet behind its last event.
constexpr std::chrono::milliseconds kReleasedTime{1'000};
constexpr std::size_t kReleasedBytes = 64U << 10U;

Result<std::unique_ptr<asio::ssl::context>> make_tls_context(const std::string& ca_file) {
  auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_client);
  error_code error;
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  context->set_verify_mode(asio::ssl::verify_peer, error);
  if (!error) context->set_default_verify_paths(error);
  if (error) {
    return fail(ErrorCode::unavailable, "cannot load the system's certificate authorities: {}",
                error.message());
  }
  if (!ca_file.empty()) context->load_verify_file(ca_file, error);
  if (error) {
    return fail(ErrorCode::invalid_argument, "ca_file '{}' cannot be read as PEM certificates: {}",
                ca_file, error.message());
  }
  return context;
}

// Returns nothing when the host is a name. Names wait in line for the resolver's one thread;
// numbers need not.
Resolver::results_type numeric_endpoints(const Url& url) {
  error_code error;
  const auto address = asio::ip::make_address(url.host, error);
  if (error) return {};
  std::uint16_t port = 0;
  std::from_chars(url.port.data(), url.port.data() + url.port.size(), port);
  return Resolver::results_type::create(Tcp::endpoint(address, port), url.host, url.port);
}

// Connecting made the reactor listen for "may be written", which from then on would wake it for
// every acknowledgement. A socket that is taken up anew is listened to for reading only, until a
// write has to wait.
void forget_connecting(Socket& socket, const Tcp& protocol) {
  error_code error;
  const auto handle = socket.release(error);
  if (!error) socket.assign(protocol, handle, error);
}

}  // namespace

std::string_view to_string(Fault fault) {
  switch (fault) {
    case Fault::resolve:
      return "resolve";
    case Fault::connect:
      return "connect";
    case Fault::tls:
      return "tls";
    case Fault::head_timeout:
      return "head_timeout";
    case Fault::malformed:
      return "malformed";
    case Fault::stalled:
      return "stalled";
    case Fault::cut:
      return "cut";
  }
  return "cut";
}

// What the calls of one client share; a call in progress keeps it alive.
struct ClientShared {
  ClientShared(Loop& loop, ClientOptions with_options)
      : executor(executor_of(loop)),
        options(std::move(with_options)),
        pool(loop, options.idle_connections_max, options.idle_timeout) {}

  // Loading the system's authorities takes tens of milliseconds: once, and only for who asks https.
  Result<asio::ssl::context*> tls_context() {
    if (!tls) {
      auto made = make_tls_context(options.ca_file);
      if (!made) return fail(made.error());
      tls = std::move(*made);
    }
    return tls.get();
  }

  Executor executor;
  ClientOptions options;
  Pool pool;
  std::unique_ptr<asio::ssl::context> tls;
};

namespace {

// One call, shared by its coroutine, its pending operations and the caller's handle. It is over
// when `handlers_` is empty: a deadline or cancel() ends it at once, even while the coroutine hangs
// in the system's resolver, which nobody can interrupt; the coroutine looks after every wait.
class CallState : public std::enable_shared_from_this<CallState> {
 public:
  CallState(std::shared_ptr<ClientShared> client, ClientRequest request, CallHandlers handlers)
      : client_(std::move(client)),
        request_(std::move(request)),
        handlers_(std::make_shared<CallHandlers>(std::move(handlers))),
        deadline_(client_->executor, [this] { on_deadline(); }),
        resumed_(client_->executor) {}

  void start();
  void cancel();
  void release();
  void pause();
  void resume();

 private:
  // In the order they come; each has its own deadline and its own fault.
  enum class Phase { resolve, connect, handshake, send, head, body };

  static Task<void> run(std::shared_ptr<CallState> self);
  static Task<void> open_link(std::shared_ptr<CallState> self);
  static Task<void> shake_hands(std::shared_ptr<CallState> self);
  static Task<bool> read_response(std::shared_ptr<CallState> self);
  static Task<void> wait_while_paused(std::shared_ptr<CallState> self);

  [[nodiscard]] bool over() const { return handlers_ == nullptr; }
  void enter(Phase phase);
  void set_deadline();
  void on_deadline();
  void send_request();
  void start_parser();
  void deliver();
  void deliver_head();
  void on_closed(const error_code& error);
  void complete();
  void fault(Fault fault, std::string_view what);
  std::shared_ptr<CallHandlers> end();

  std::shared_ptr<ClientShared> client_;
  ClientRequest request_;
  // Each callback runs on a copy of the pointer, so that it may end its own call.
  std::shared_ptr<CallHandlers> handlers_;
  Deadline deadline_;
  std::optional<Resolver> resolver_;  // while a name is looked up
  SteadyTimer resumed_;               // never fires; cancelling it wakes a paused coroutine
  Phase phase_ = Phase::resolve;
  bool paused_ = false;
  bool released_ = false;
  std::size_t released_bytes_ = 0;  // of the body, since then
  bool sent_ = false;
  std::string head_;
  std::shared_ptr<Link> link_;
  std::optional<ResponseParser> parser_;
};

// No callback comes before this has returned: whatever run() tells, it tells after a wait.
void CallState::start() {
  auto head = request_head(request_);
  if (!head) {
    asio::post(client_->executor, [self = shared_from_this(), why = head.error().message] {
      if (!self->over()) self->fault(Fault::malformed, why);
    });
    return;
  }
  head_ = std::move(*head);
  asio::co_spawn(client_->executor, run(shared_from_this()), asio::detached);
}

void CallState::cancel() {
  // The handlers may own this call's handle: they go last.
  const auto forgotten = end();
}

void CallState::release() {
  if (over() || released_) return;
  if (phase_ != Phase::body) return cancel();
  const auto forgotten = std::exchange(handlers_, std::make_shared<CallHandlers>());
  released_ = true;
  paused_ = false;
  resumed_.cancel();
  deadline_.set(kReleasedTime);
}

void CallState::pause() {
  paused_ = true;
  if (phase_ >= Phase::head) deadline_.clear();
}

void CallState::resume() {
  if (over() || !std::exchange(paused_, false)) return;
  if (phase_ >= Phase::head) set_deadline();
  resumed_.cancel();
}

Task<void> CallState::run(std::shared_ptr<CallState> self) {
  self->link_ = self->client_->pool.take(self->request_.url);
  bool reused = self->link_ != nullptr;
  for (;;) {
    if (!reused) {
      co_await open_link(self);
    }
    if (self->over()) co_return;
    self->send_request();
    const bool closed_unanswered = co_await read_response(self);
    if (self->over()) co_return;
    // A server may close a kept-alive connection at any moment; when it did so just as we wrote,
    // the request was not read, and goes out again on a connection that is certainly new.
    if (!closed_unanswered || !reused) {
      co_return self->fault(Fault::cut, "closed the connection before it answered");
    }
    self->link_->close();
    reused = false;
  }
}

Task<void> CallState::open_link(std::shared_ptr<CallState> self) {
  const Url& url = self->request_.url;
  self->link_ =
      std::make_shared<Link>(self->client_->executor, self->client_->options.header_bytes_max);
  self->enter(Phase::resolve);
  auto endpoints = numeric_endpoints(url);
  if (endpoints.empty()) {
    Resolver& resolver = self->resolver_.emplace(self->client_->executor);
    auto [error, found] = co_await resolver.async_resolve(url.host, url.port, kAwait);
    if (self->over()) co_return;
    if (error) co_return self->fault(Fault::resolve, error.message());
    endpoints = std::move(found);
  }

  self->enter(Phase::connect);
  const auto [connect_error, endpoint] =
      co_await asio::async_connect(self->link_->socket, endpoints, kAwait);
  if (self->over()) co_return;
  if (connect_error) co_return self->fault(Fault::connect, connect_error.message());
  error_code ignored;
  self->link_->socket.set_option(Tcp::no_delay(true), ignored);
  forget_connecting(self->link_->socket, endpoint.protocol());
  if (url.tls) {
    co_await shake_hands(self);
  }
}

Task<void> CallState::shake_hands(std::shared_ptr<CallState> self) {
  self->enter(Phase::handshake);
  const auto context = self->client_->tls_context();
  if (!context) co_return self->fault(Fault::tls, context.error().message);
  const std::string& host = self->request_.url.host;
  const auto link = self->link_;
  auto& tls = link->tls.emplace(link->socket, **context);
  error_code error;
  asio::ip::make_address(host, error);
  const bool is_name = error.failed();
  // Server name indication is for names only (RFC 6066, section 3).
  if (is_name) SSL_set_tlsext_host_name(tls.native_handle(), host.c_str());
  tls.set_verify_callback(asio::ssl::host_name_verification(host), error);
  const auto [handshake_error] =
      co_await tls.async_handshake(asio::ssl::stream_base::client, kAwait);
  if (self->over() || !handshake_error) co_return;
  const long verdict = SSL_get_verify_result(tls.native_handle());
  self->fault(Fault::tls, verdict == X509_V_OK ? handshake_error.message()
                                               : X509_verify_cert_error_string(verdict));
}

// Returns true when the connection closed before the first byte of an answer; in all other cases
// the call is over.
Task<bool> CallState::read_response(std::shared_ptr<CallState> self) {
  const auto link = self->link_;
  self->start_parser();
  bool answered = false;
  for (;;) {
    const auto room = link->input.room();
    if (room.empty()) {
      self->fault(Fault::malformed, "sent a header or chunk header above the limit");
      co_return false;
    }
    const auto [error, n] =
        co_await link->async_read_some(asio::mutable_buffer(room.data(), room.size()), kAwait);
    if (self->over()) co_return false;
    if (error && !answered) co_return true;
    answered = true;
    link->input.commit(n);
    if (self->phase_ == Phase::body) self->set_deadline();
    for (;;) {
      co_await wait_while_paused(self);
      if (!self->over()) self->deliver();
      if (self->over()) co_return false;
      if (!self->paused_) break;
    }
    if (error) {
      self->on_closed(error);
      co_return false;
    }
  }
}

Task<void> CallState::wait_while_paused(std::shared_ptr<CallState> self) {
  while (self->paused_ && !self->over()) {
    self->resumed_.expires_at(std::chrono::steady_clock::time_point::max());
    co_await self->resumed_.async_wait(kAwait);
  }
}

void CallState::enter(Phase phase) {
  phase_ = phase;
  set_deadline();
}

void CallState::set_deadline() {
  if (released_) return;  // the one that release() set, however much still comes
  if (paused_ && phase_ >= Phase::head) return deadline_.clear();
  switch (phase_) {
    case Phase::resolve:
      return deadline_.set(request_.connect_timeout);
    case Phase::connect:
    case Phase::handshake:
      return;  // the same deadline for all three
    case Phase::send:
    case Phase::head:
      return deadline_.set(request_.head_timeout);
    case Phase::body:
      return deadline_.set(request_.stall_timeout);
  }
}

void CallState::on_deadline() {
  const auto self = shared_from_this();
  const auto in_time = [](std::string_view what, std::chrono::milliseconds limit) {
    return fmt::format("{} within {} ms", what, limit.count());
  };
  switch (phase_) {
    case Phase::resolve:
      return fault(Fault::resolve, in_time("no address found", request_.connect_timeout));
    case Phase::connect:
      return fault(Fault::connect, in_time("no connection", request_.connect_timeout));
    case Phase::handshake:
      return fault(Fault::tls, in_time("no TLS connection", request_.connect_timeout));
    case Phase::send:
      return fault(Fault::head_timeout, in_time("did not take the request", request_.head_timeout));
    case Phase::head:
      return fault(Fault::head_timeout, in_time("no response head", request_.head_timeout));
    case Phase::body:
      return fault(Fault::stalled, in_time("no byte of the body", request_.stall_timeout));
  }
}

// Writes while read_response() reads: a server may answer before it has read a long body. A write
// that fails is no news by itself, since the answer may be there all the same; reading will tell.
void CallState::send_request() {
  sent_ = false;
  enter(Phase::send);
  const std::size_t taken = link_->tls ? 0 : send_now(link_->socket, {head_, request_.body});
  if (taken == head_.size() + request_.body.size()) {
    sent_ = true;
    return enter(Phase::head);
  }
  const std::size_t of_head = std::min(taken, head_.size());
  const std::array<asio::const_buffer, 2> buffers{asio::buffer(head_) + of_head,
                                                  asio::buffer(request_.body) + (taken - of_head)};
  auto done = [self = shared_from_this(), link = link_](const error_code& error, std::size_t) {
    if (self->over() || self->link_ != link || error) return;
    self->sent_ = true;
    if (self->phase_ == Phase::send) self->enter(Phase::head);
  };
  if (link_->tls) {
    asio::async_write(*link_->tls, buffers, std::move(done));
  } else {
    asio::async_write(link_->socket, buffers, std::move(done));
  }
}

void CallState::start_parser() {
  parser_.emplace(client_->options.header_bytes_max, kAnyLength);
  if (request_.method == "HEAD") parser_->expect_no_body();
}

// Tells what has come, until it is told, the caller pauses or ends the call, or the body is whole.
void CallState::deliver() {
  InputBuffer& input = link_->input;
  const auto link = link_;  // its bytes are on loan to the callbacks
  while (!over() && !paused_ && !parser_->done()) {
    const bool in_head = !parser_->head_done();
    const std::size_t used = parser_->step(input.unread());
    if (parser_->error()) {
      const auto& error = *parser_->error();
      return fault(Fault::malformed, error.kind == ParseErrorKind::head_too_long
                                         ? "sent a response head above the limit"
                                         : "sent malformed HTTP: " + error.message);
    }
    if (used == 0) return;
    input.consume(used);
    if (in_head && parser_->head_done()) deliver_head();
    if (over() || parser_->body().empty()) continue;
    if (released_ && (released_bytes_ += parser_->body().size()) > kReleasedBytes) return cancel();
    const auto handlers = handlers_;
    if (handlers->on_body) handlers->on_body(parser_->body());
  }
  if (!over() && !paused_) complete();
}

void CallState::deliver_head() {
  const Head& head = parser_->head();
  if (head.status == 101) return fault(Fault::malformed, "switched protocols unasked");
  if (head.status / 100 == 1) return start_parser();  // the real head is still to come
  enter(Phase::body);
  const auto handlers = handlers_;
  if (handlers->on_head) handlers->on_head(head.status, head.headers);
}

void CallState::on_closed(const error_code& error) {
  // Over TLS, `eof` means that the server said so; a cut connection gives another error.
  if (error == asio::error::eof && parser_->head_done() && parser_->ends_with_connection()) {
    return complete();
  }
  fault(Fault::cut, parser_->head_done() ? "closed the connection inside the body"
                                         : "closed the connection inside the response head");
}

void CallState::complete() {
  const bool reusable = sent_ && parser_->done() && parser_->keep_alive() &&
                        !parser_->ends_with_connection() && link_->input.unread().empty();
  if (reusable) client_->pool.put(request_.url, std::exchange(link_, nullptr));
  const auto handlers = end();
  if (handlers->on_end) handlers->on_end();
}

void CallState::fault(Fault fault, std::string_view what) {
  const auto handlers = end();
  if (!handlers || !handlers->on_fault) return;
  handlers->on_fault(fault, fmt::format("{}:{}: {}", request_.url.host, request_.url.port, what));
}

std::shared_ptr<CallHandlers> CallState::end() {
  deadline_.clear();
  if (resolver_) resolver_->cancel();
  resumed_.cancel();
  if (link_) link_->close();
  return std::exchange(handlers_, nullptr);
}

class CallHandle final : public Call {
 public:
  explicit CallHandle(std::shared_ptr<CallState> state) : state_(std::move(state)) {}
  ~CallHandle() override {
    if (!released_) state_->cancel();
  }
  CallHandle(const CallHandle&) = delete;
  CallHandle& operator=(const CallHandle&) = delete;

  void cancel() override { state_->cancel(); }
  void release() override {
    released_ = true;
    state_->release();
  }
  void pause() override { state_->pause(); }
  void resume() override { state_->resume(); }

 private:
  std::shared_ptr<CallState> state_;
  bool released_ = false;
};

}  // namespace

Client::Client(Loop& loop, ClientOptions options)
    : shared_(std::make_shared<ClientShared>(loop, std::move(options))) {}

Client::~Client() = default;

std::unique_ptr<Call> Client::start(ClientRequest request, CallHandlers handlers) {
  auto state = std::make_shared<CallState>(shared_, std::move(request), std::move(handlers));
  state->start();
  return std::make_unique<CallHandle>(std::move(state));
}

}  // namespace ooe::http
