#include "http/client.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <unordered_set>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

#include "http/asio.h"
#include "http/loop_impl.h"
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
  TlsSessions::remember_in(context->native_handle());
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

class CallState;

// What the calls of one client share; a call in progress keeps it alive.
struct ClientShared {
  ClientShared(Loop& with_loop, ClientOptions with_options)
      : loop(with_loop),
        executor(executor_of(loop)),
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

  Loop& loop;
  Executor executor;
  ClientOptions options;
  Pool pool;
  std::unique_ptr<asio::ssl::context> tls;
  TlsSessions sessions;
  // Calls that nobody holds any more, while the rest of their bodies may come.
  std::unordered_set<std::shared_ptr<CallState>> released;
};

// One call, shared by its pending operations and the caller's handle. It is over when `handlers_`
// is empty: a deadline or cancel() ends it at once, even while it hangs in the system's resolver,
// which nobody can interrupt; whatever then comes back finds it over.
class CallState final : public LinkUser, public std::enable_shared_from_this<CallState> {
 public:
  CallState(std::shared_ptr<ClientShared> client, ClientRequest request, CallHandlers handlers)
      : client_(std::move(client)),
        request_(std::move(request)),
        handlers_(std::make_shared<CallHandlers>(std::move(handlers))) {}
  ~CallState() { leave(); }
  CallState(const CallState&) = delete;
  CallState& operator=(const CallState&) = delete;

  void start();
  void cancel();
  void release();
  void pause();
  void resume();

  void on_read(const error_code& error) override;
  void on_deadline() override;

 private:
  // In the order they come; each has its own deadline and its own fault.
  enum class Phase { resolve, connect, handshake, send, head, body };

  static Task<void> open_link(std::shared_ptr<CallState> self);
  static Task<void> shake_hands(std::shared_ptr<CallState> self);

  [[nodiscard]] bool over() const { return handlers_ == nullptr; }
  void use(std::shared_ptr<Link> link);
  void leave();
  void open_new_link();
  void enter(Phase phase);
  void set_deadline();
  void send_request();
  void forget_request();
  void start_parser();
  void go_on();
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
  std::optional<Resolver> resolver_;  // while a name is looked up
  Phase phase_ = Phase::resolve;
  bool paused_ = false;
  bool released_ = false;
  std::size_t released_bytes_ = 0;  // of the body, since then
  bool sent_ = false;
  std::string head_;
  std::shared_ptr<Link> link_;
  bool reused_ = false;    // it was open before this call
  bool answered_ = false;  // at least a byte
  error_code ended_;       // why no more will come
  std::optional<ResponseParser> parser_;
};

// No callback comes before this has returned: all that is told is told after a wait.
void CallState::start() {
  auto head = request_head(request_);
  if (!head) {
    asio::post(client_->executor, [self = shared_from_this(), why = head.error().message] {
      if (!self->over()) self->fault(Fault::malformed, why);
    });
    return;
  }
  head_ = std::move(*head);
  auto open = client_->pool.take(request_.url);
  if (!open) return open_new_link();
  reused_ = true;
  use(std::move(open));
  send_request();
}

void CallState::open_new_link() {
  reused_ = false;
  use(std::make_shared<Link>(client_->loop, client_->options.header_bytes_max));
  asio::co_spawn(client_->executor, open_link(shared_from_this()), asio::detached);
}

void CallState::use(std::shared_ptr<Link> link) {
  leave();
  link_ = std::move(link);
  link_->user = this;
}

void CallState::leave() {
  if (link_) link_->user = nullptr;
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
  client_->released.insert(shared_from_this());
  link_->deadline.set(kReleasedTime);
  resume();
}

void CallState::pause() {
  if (over()) return;
  paused_ = true;
  if (phase_ >= Phase::head) link_->deadline.clear();
}

// What has come meanwhile is told from the loop: nobody expects callbacks in here.
void CallState::resume() {
  if (over() || !std::exchange(paused_, false)) return;
  if (phase_ >= Phase::head) set_deadline();
  asio::post(client_->executor, [self = shared_from_this()] {
    if (self->answered_) self->go_on();
  });
}

Task<void> CallState::open_link(std::shared_ptr<CallState> self) {
  const Url& url = self->request_.url;
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
  if (url.tls) co_await shake_hands(self);
  if (!self->over()) self->send_request();
}

Task<void> CallState::shake_hands(std::shared_ptr<CallState> self) {
  self->enter(Phase::handshake);
  const auto context = self->client_->tls_context();
  if (!context) co_return self->fault(Fault::tls, context.error().message);
  const std::string& host = self->request_.url.host;
  const auto link = self->link_;
  auto& tls = link->tls.emplace(link->socket, **context);
  link->session = self->client_->sessions.offer(self->request_.url, tls.native_handle());
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

void CallState::on_read(const error_code& error) {
  const auto self = shared_from_this();
  if (error && !answered_) {
    if (!reused_) return fault(Fault::cut, "closed the connection before it answered");
    // A server may close a kept-alive connection at any moment; when it did so just as we wrote,
    // the request was not read, and goes out again on a connection that is certainly new.
    link_->close();
    return open_new_link();
  }
  answered_ = true;
  if (sent_ && !head_.empty()) forget_request();
  ended_ = error;
  if (phase_ == Phase::body) set_deadline();
  go_on();
}

// Tells what is here, and reads on.
void CallState::go_on() {
  const auto self = shared_from_this();
  {
    const FlushBatch batch(client_->loop.impl());
    deliver();
  }
  if (over() || paused_) return;
  if (ended_) return on_closed(ended_);
  if (link_->input.is_full()) {
    return fault(Fault::malformed, "sent a header or chunk header above the limit");
  }
  link_->read();
}

void CallState::enter(Phase phase) {
  phase_ = phase;
  set_deadline();
}

void CallState::set_deadline() {
  if (released_) return;  // the one that release() set, however much still comes
  if (paused_ && phase_ >= Phase::head) return link_->deadline.clear();
  switch (phase_) {
    case Phase::resolve:
      return link_->deadline.set(request_.connect_timeout);
    case Phase::connect:
    case Phase::handshake:
      return;  // the same deadline for all three
    case Phase::send:
    case Phase::head:
      return link_->deadline.set(request_.head_timeout);
    case Phase::body:
      return link_->deadline.set(request_.stall_timeout);
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

// Reads while it writes: a server may answer before it has read a long body. A write
// that fails is no news by itself, since the answer may be there all the same; reading will tell.
void CallState::send_request() {
  sent_ = false;
  start_parser();
  enter(Phase::send);
  link_->read();
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

// Once it is answered it is not sent again. A stream may last for minutes, and there are thousands.
void CallState::forget_request() {
  head_ = {};
  request_.body = {};
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
  if (!over()) parser_->head().headers = {};
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
  if (reusable) {
    leave();
    link_->deadline.clear();
    link_->read();
    client_->pool.put(request_.url, std::exchange(link_, nullptr));
  }
  const auto handlers = end();
  if (handlers->on_end) handlers->on_end();
}

void CallState::fault(Fault fault, std::string_view what) {
  const auto handlers = end();
  if (!handlers || !handlers->on_fault) return;
  handlers->on_fault(fault, fmt::format("{}:{}: {}", request_.url.host, request_.url.port, what));
}

std::shared_ptr<CallHandlers> CallState::end() {
  if (resolver_) resolver_->cancel();
  if (link_) {
    leave();
    link_->deadline.clear();
    link_->close();
  }
  if (released_) client_->released.erase(shared_from_this());
  return std::exchange(handlers_, nullptr);
}

namespace {

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

Client::~Client() {
  const auto released = shared_->released;  // each leaves the set as it ends
  for (const auto& call : released) call->cancel();
}

std::unique_ptr<Call> Client::start(ClientRequest request, CallHandlers handlers) {
  auto state = std::make_shared<CallState>(shared_, std::move(request), std::move(handlers));
  state->start();
  return std::make_unique<CallHandle>(std::move(state));
}

}  // namespace ooe::http
