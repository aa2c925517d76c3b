#include "http/client.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <optional>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "base/free_memory.h"
#include "base/system_words.h"
#include "http/address.h"
#include "http/client_tls.h"
#include "http/parser.h"
#include "http/pool.h"
#include "http/resolver.h"
#include "http/wire.h"

namespace ooe::http {

namespace {

// No body of a response is too long for us: whoever reads it decides.
constexpr std::uint64_t kAnyLength = std::uint64_t{1} << 62U;
// What the rest of a released call may take before its connection is closed instead of kept: the
// end of a chunked body is usually one packet behind its last event.
constexpr std::chrono::milliseconds kReleasedTime{1'000};
constexpr std::size_t kReleasedBytes = 64U << 10U;

// A server that closes a kept connection because nothing came for a while may do so just as we
// write, and its goodbye takes a while to come. Who closes later has read what we wrote.
constexpr std::chrono::milliseconds kCrossedGoodbye{250};

// An address is given this long to connect, however many there are.
constexpr std::chrono::milliseconds kShareMin{10};

// Whether connect() failed because the machine or the process has no more to give.
bool is_lack_of_our_own(int error, const Endpoint& endpoint) {
  // Either ports have run out, or no address of this machine leads there (it has no IPv6). UDP has
  // ports of its own, so in the first case it still reaches the endpoint.
  return error == EADDRNOTAVAIL ? is_reachable_by_udp(endpoint) : is_out_of_resources(error);
}

}  // namespace

std::string_view to_string(Fault fault) {
  switch (fault) {
    case Fault::resolve:
      return "resolve";
    case Fault::connect:
      return "connect";
    case Fault::no_socket:
      return "no_socket";
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
        options(std::move(with_options)),
        pool(loop, options.idle_connections_max, options.idle_timeout, options.age_max),
        tls(options.ca_file),
        resolver(loop) {}

  Loop& loop;
  ClientOptions options;
  Pool pool;
  ClientTls tls;
  // Calls that nobody holds any more, while the rest of their bodies may come.
  std::unordered_set<std::shared_ptr<CallState>> released;
  Resolver resolver;
};

// One call, kept by the caller's handle. It is over when `handlers_` is empty: a deadline or
// cancel() ends it at once, even while it hangs in the system's resolver, which nobody can
// interrupt; whatever then comes back finds it over.
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

  void on_ready() override;
  void on_deadline() override;

 private:
  // In the order they come; each has its own deadline and its own fault.
  enum class Phase { resolve, connect, handshake, send, head, body };

  [[nodiscard]] bool over() const { return handlers_ == nullptr; }
  void use(std::shared_ptr<Link> link);
  void leave();
  void open_new_link();
  void find_address();
  void connect_to_next();
  [[nodiscard]] Io open_socket();
  void give_address_up();
  void set_connect_deadline(std::size_t parts);
  void shake_hands();
  void enter(Phase phase);
  void set_deadline();
  void send_request();
  void send_rest();
  void forget_request();
  void read(bool had_all);
  void read_soon();
  void on_read(Io status, bool had_all);
  void start_parser();
  void go_on();
  void deliver();
  void deliver_head();
  void on_closed();
  void complete();
  void fault(Fault fault, std::string_view what);
  std::shared_ptr<CallHandlers> end();

  std::shared_ptr<ClientShared> client_;
  ClientRequest request_;  // its last members, the deadlines, are read with what follows
  // What each read of a long body needs, together: of thousands of streams none is in the
  // processor's cache when its next bytes come.
  std::shared_ptr<Link> link_;
  // Each callback runs on a copy of the pointer, so that it may end its own call.
  std::shared_ptr<CallHandlers> handlers_;
  Phase phase_ = Phase::resolve;
  bool paused_ = false;
  bool released_ = false;
  bool sent_ = false;      // all of head and body
  bool reused_ = false;    // it was open before this call
  bool reading_ = false;   // what a read brought is being told
  bool answered_ = false;  // at least a byte
  Io ended_ = Io::again;   // how, when no more will come
  std::string head_;
  std::optional<ResponseParser> parser_;

  std::size_t sent_bytes_ = 0;  // of head and body
  std::chrono::steady_clock::time_point sent_at_;
  std::size_t released_bytes_ = 0;  // of the body, since then
  std::chrono::steady_clock::time_point connect_by_;
  std::vector<Endpoint> endpoints_;  // to be tried, the one whose turn it is last
  int refused_ = 0;                  // why an address did not take us, the server's doing
  int lacked_ = 0;                   // the same, ours
};

// No callback comes before this has returned: all that is told is told from the loop.
void CallState::start() {
  auto head = request_head(request_);
  if (!head) {
    client_->loop.post([self = shared_from_this(), why = head.error().message] {
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
  enter(Phase::resolve);
  client_->loop.post([self = shared_from_this()] {
    if (!self->over()) self->find_address();
  });
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
  client_->loop.post([self = shared_from_this()] {
    if (!self->over()) self->answered_ ? self->go_on() : self->read(self->sent_);
  });
}

// Names wait for the resolver's threads; numbers need not.
void CallState::find_address() {
  connect_by_ = std::chrono::steady_clock::now() + request_.connect_timeout;
  const Url& url = request_.url;
  if (const auto numeric = numeric_endpoint(url.host, url.port)) {
    endpoints_ = {*numeric};
    return connect_to_next();
  }
  client_->resolver.look_up(
      url.host, url.port, handlers_,
      [call = weak_from_this()](const Result<std::vector<Endpoint>>& endpoints) {
        const auto self = call.lock();
        if (!self || self->over()) return;
        if (!endpoints) {
          const bool ours = endpoints.error().code == ErrorCode::resource_exhausted;
          return self->fault(ours ? Fault::no_socket : Fault::resolve, endpoints.error().message);
        }
        self->endpoints_.assign(endpoints->rbegin(), endpoints->rend());
        self->connect_to_next();
      });
}

// Each address has its share of the time that is left: the first may be one that does not answer,
// and the next one well.
void CallState::connect_to_next() {
  enter(Phase::connect);
  for (; !endpoints_.empty(); give_address_up()) {
    if (open_socket() != Io::failed) return set_connect_deadline(endpoints_.size());
  }
  fault(refused_ == 0 ? Fault::no_socket : Fault::connect,
        system_words(refused_ == 0 ? lacked_ : refused_));
}

// Connects to the address whose turn it is. When descriptors or memory have run out, kept
// connections are closed to make room.
Io CallState::open_socket() {
  Socket& socket = link_->stream.socket();
  Io status = socket.connect(endpoints_.back());
  while (status == Io::failed && is_out_of_resources(socket.error()) &&
         client_->pool.close_oldest()) {
    status = socket.connect(endpoints_.back());
  }
  return status;
}

// The deadline is one of `parts` equal parts of the time that is left for connecting.
void CallState::set_connect_deadline(std::size_t parts) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(connect_by_ - std::chrono::steady_clock::now());
  link_->deadline.set(std::max(left / static_cast<std::int64_t>(parts), kShareMin));
}

// One address that refuses is the server's fault, whatever we lack for the others.
void CallState::give_address_up() {
  const int error = link_->stream.socket().error();
  (is_lack_of_our_own(error, endpoints_.back()) ? lacked_ : refused_) = error;
  endpoints_.pop_back();
}

void CallState::shake_hands() {
  Stream& stream = link_->stream;
  if (phase_ != Phase::handshake) {
    enter(Phase::handshake);
    set_connect_deadline(1);
    auto tls = client_->tls.connect(request_.url);
    if (!tls) return fault(Fault::tls, tls.error().message);
    link_->session = std::move(tls->session);
    stream.encrypt(std::move(tls->tls));
  }
  const Io status = stream.shake_hands();
  if (status == Io::again) return;
  if (status != Io::done) return fault(Fault::tls, handshake_failure(stream.tls()));
  send_request();
}

void CallState::on_ready() {
  const auto self = shared_from_this();
  switch (phase_) {
    case Phase::resolve:
      return;
    case Phase::connect: {
      const Io status = link_->stream.socket().is_connected();
      if (status == Io::again) return;
      if (status == Io::failed) {
        give_address_up();
        return connect_to_next();
      }
      return request_.url.tls ? shake_hands() : send_request();
    }
    case Phase::handshake:
      return shake_hands();
    case Phase::send:
    case Phase::head:
    case Phase::body: {
      // What has come by now can only answer what had left before this send.
      const bool had_all = sent_;
      send_rest();
      return over() ? void() : read(had_all);
    }
  }
}

// One read a turn of the loop, so that no server keeps it to itself. `had_all`: all of the request
// had left when it came.
void CallState::read(bool had_all) {
  if (over() || paused_ || reading_) return;
  const Transfer got = link_->stream.read(link_->input.room());
  if (got.status == Io::again) return link_->input.rest();
  link_->input.commit(got.bytes);
  reading_ = true;
  on_read(got.status, had_all);
  reading_ = false;
}

void CallState::read_soon() {
  client_->loop.post([call = weak_from_this()] {
    if (const auto self = call.lock()) self->read(self->sent_);
  });
}

void CallState::on_read(Io status, bool had_all) {
  const auto self = shared_from_this();
  const bool ended = status != Io::done;
  // A server may close a kept-alive connection at any moment; when it did so just as we wrote, the
  // request was not read. Bytes that come before all of the request has left may belong to the
  // answer before it. Either way the request goes out again on a connection that is certainly new.
  const bool crossed = ended && std::chrono::steady_clock::now() - sent_at_ < kCrossedGoodbye;
  if (!answered_ && reused_ && (!had_all || crossed)) {
    link_->stream.close();
    const auto handlers = handlers_;
    if (std::exchange(sent_, false) && handlers && handlers->on_unsent) handlers->on_unsent();
    return over() ? void() : open_new_link();
  }
  if (!answered_ && ended) {
    return fault(Fault::cut, "closed the connection before it answered");
  }
  answered_ = true;
  if (ended) ended_ = status;
  if (sent_ && !head_.empty()) forget_request();
  if (phase_ == Phase::body) set_deadline();
  go_on();
}

// Tells what is here, and reads on.
void CallState::go_on() {
  const auto self = shared_from_this();
  deliver();
  if (over() || paused_) return;
  link_->input.rest();
  if (ended_ != Io::again) return on_closed();
  if (link_->input.is_full()) {
    return fault(Fault::malformed, "sent a header or chunk header above the limit");
  }
  if (link_->stream.may_read()) read_soon();
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
      return;  // what resolving has left, see set_connect_deadline()
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
      if (endpoints_.size() > 1) {
        refused_ = ETIMEDOUT;
        endpoints_.pop_back();
        return connect_to_next();
      }
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

// Reads while it writes: a server may answer before it has read a long body.
void CallState::send_request() {
  sent_bytes_ = 0;
  sent_ = false;
  start_parser();
  enter(Phase::send);
  send_rest();
  if (over()) return;
  if (link_->stream.may_read()) read_soon();  // came before we asked
}

// A write that fails is no news by itself, since the answer may be there all the same; reading will
// tell.
void CallState::send_rest() {
  if (sent_) return;
  const std::string_view head = head_;
  const std::size_t of_head = std::min(sent_bytes_, head.size());
  const std::string_view body = request_.body;
  sent_bytes_ +=
      link_->stream.write({head.substr(of_head), body.substr(sent_bytes_ - of_head)}).bytes;
  sent_ = sent_bytes_ == head.size() + body.size();
  if (!sent_) return;
  sent_at_ = std::chrono::steady_clock::now();  // not when the event began, which may be long
  if (phase_ == Phase::send) enter(Phase::head);
  const auto handlers = handlers_;
  if (handlers && handlers->on_sent) handlers->on_sent();
}

// An answered request is not sent again, and the answers of thousands may stream for minutes.
void CallState::forget_request() {
  free_memory(head_);
  free_memory(request_.body);
}

void CallState::start_parser() {
  parser_.emplace(client_->options.header_bytes_max, kAnyLength);
  if (request_.method == "HEAD") parser_->expect_no_body();
}

// Tells what has come until nothing is left, the caller pauses or ends the call, or the body is
// whole.
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
  if (!over()) free_memory(parser_->head().headers);
}

void CallState::on_closed() {
  // Over TLS, `end` means that the server said so; a cut connection has failed.
  if (ended_ == Io::end && parser_->head_done() && parser_->ends_with_connection()) {
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
    const auto link = std::exchange(link_, nullptr);
    if (link->stream.may_read()) link->on_ready();  // an end, perhaps: it closes
    if (link->stream.socket().is_open()) client_->pool.put(request_.url, link);
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
  if (link_) {
    leave();
    link_->deadline.clear();
    link_->stream.close();
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
