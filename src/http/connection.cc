#include "http/connection.h"

#include <utility>

#include <fmt/format.h>

#include "base/free_memory.h"
#include "http/server_exchange.h"
#include "http/server_tls.h"

namespace ooe::http {

namespace {

// How long, after our last byte, we let the client read it. Closing with bytes of the client unread
// would reset the connection, and a reset may destroy the answer on its way.
constexpr std::chrono::milliseconds kLinger{2'000};
constexpr std::size_t kSpareBytes = 64;

}  // namespace

Connection::Connection(std::shared_ptr<ServerShared> shared, Loop& loop, std::size_t loop_index,
                       Descriptor socket, const Endpoint& peer)
    : loop_(loop.impl()),
      stream_(loop, *this, std::move(socket)),
      deadline_(loop, [this] { on_deadline(); }),
      input_(shared->options.header_bytes_max),
      shared_(std::move(shared)),
      loop_index_(loop_index),
      peer_(to_string(peer)) {
  ++shared_->open;
  if (const auto context = shared_->tls.get()) stream_.encrypt(accept_tls(context.get()));
}

Connection::~Connection() { --shared_->open; }

void Connection::start() {
  shared_->by_loop[loop_index_].insert(shared_from_this());
  if (shared_->draining || !stream_.socket().watch()) return shut(false);
  enter(stream_.tls() != nullptr ? Phase::handshake : Phase::idle);
}

void Connection::turn_away() {
  shared_->by_loop[loop_index_].insert(shared_from_this());
  // A handshake only to say no is what we have no room for.
  if (stream_.tls() != nullptr || !stream_.socket().watch()) return shut(false);
  refuse(503, "too_many_connections", "this server has as many connections as it takes; try later");
}

void Connection::drain() {
  keep_alive_ = false;
  const bool nothing_came = phase_ == Phase::idle && input_.unread().empty() &&
                            !stream_.may_read() && !stream_.socket().has_unread();
  if (phase_ == Phase::handshake || nothing_came) shut(false);
}

void Connection::close() {
  if (phase_ != Phase::closed) on_lost();
}

void Connection::on_ready() {
  const auto self = shared_from_this();
  if (phase_ == Phase::handshake) return shake_hands();
  if (writing_) write_rest();
  read();
}

// Reading.

void Connection::shake_hands() {
  const Io status = stream_.shake_hands();
  if (status == Io::again) return;
  if (status != Io::done) return shut(false);
  enter(Phase::idle);
  read();
}

// One read a turn of the loop, so that no client keeps it to itself.
void Connection::read() {
  if (reading_ || input_ended_ || phase_ == Phase::closed) return;
  const auto room = input_.room();
  // Full of pipelined requests: reading goes on when the answer in progress is done, unless nobody
  // is there any more to read it.
  if (room.empty()) {
    if (stream_.socket().hung_up()) on_end_of_input();
    return;
  }
  const Transfer got = stream_.read(room);
  if (got.status == Io::again) return input_.rest();
  reading_ = true;
  if (got.status == Io::done) {
    input_.commit(got.bytes);
    advance();
  } else {
    on_end_of_input();
  }
  reading_ = false;
  input_.rest();
  if (stream_.may_read()) read_soon();
}

void Connection::read_soon() {
  loop_.post([self = shared_from_this()] { self->read(); });
}

// A client that closes its sending side while we answer is taken for gone: half-open clients are
// rare, and paying an expert for nobody is not.
void Connection::on_end_of_input() {
  input_ended_ = true;
  if (phase_ == Phase::ending) return;  // the rest of the answer may still be wanted
  on_lost();
}

void Connection::advance() {
  if (discards_input()) return input_.clear();
  while (phase_ == Phase::idle || phase_ == Phase::head || phase_ == Phase::body) {
    if (!read_request()) return;
    dispatch();
  }
}

// Returns true when a whole request is here.
bool Connection::read_request() {
  if (!parser_) {
    // An empty line before a request is left over from a careless client's last body (RFC
    // 9112, 2.2).
    while (input_.unread().starts_with("\r\n")) input_.consume(2);
    if (input_.unread().empty() || input_.unread() == "\r") return false;
    parser_.emplace(shared_->options.header_bytes_max, shared_->options.body_bytes_max);
  }
  while (!parser_->done()) {
    const std::size_t used = parser_->step(input_.unread());
    if (parser_->error()) {
      refuse(*parser_->error());
      return false;
    }
    if (used == 0) {
      await_more();
      return false;
    }
    // Most bodies come in one piece; whoever parses them wants room behind.
    if (body_.empty()) body_.reserve(parser_->body().size() + kSpareBytes);
    body_.append(parser_->body());
    input_.consume(used);
  }
  return !refuse_expectation();
}

// The request goes on in bytes that have not come yet.
void Connection::await_more() {
  if (input_.is_full()) {
    const bool in_head = !parser_->head_done();
    refuse({in_head ? ParseErrorKind::head_too_long : ParseErrorKind::malformed,
            "a chunk header or trailer is too long"});
  } else if (!parser_->head_done()) {
    if (phase_ != Phase::head) enter(Phase::head);
  } else if (!may_hold_body()) {
    refuse(503, "too_many_bodies", "requests that are on their way take all the memory they may");
  } else if (phase_ != Phase::body) {
    enter(Phase::body);
    say_continue();
  }
}

// A body comes before anybody is asked for a key: all of them together are bounded, not each alone.
bool Connection::may_hold_body() {
  shared_->bodies_bytes += body_.size() - held_;
  held_ = body_.size();
  return shared_->bodies_bytes <= shared_->options.bodies_bytes_max;
}

void Connection::let_go_of_body() {
  if (held_ > 0) shared_->bodies_bytes -= std::exchange(held_, 0);
}

void Connection::enter(Phase phase) {
  phase_ = phase;
  const ServerOptions& options = shared_->options;
  if (phase == Phase::idle) deadline_.set(options.idle_timeout);
  if (phase == Phase::head || phase == Phase::handshake) deadline_.set(options.header_timeout);
  if (phase == Phase::body) deadline_.set(options.body_timeout);
  if (phase == Phase::answering) deadline_.clear();
  if (phase == Phase::lingering) deadline_.set(kLinger);
}

std::string_view Connection::expectation() const {  // HTTP/1.0 has none
  return parser_->http_1_1() ? find_header(parser_->head().headers, "expect") : "";
}

bool Connection::refuse_expectation() {
  if (expectation().empty() || equal_names(expectation(), "100-continue")) return false;
  refuse(417, "expectation_failed", "the only expectation understood is 100-continue");
  return true;
}

void Connection::say_continue() {
  if (refuse_expectation() || expectation().empty() || !body_.empty()) return;
  out_.append("HTTP/1.1 100 Continue\r\n\r\n");
  flush();
}

void Connection::refuse(const ParseError& error) {
  const ServerOptions& options = shared_->options;
  switch (error.kind) {
    case ParseErrorKind::malformed:
      return refuse(400, "malformed_request", "malformed HTTP request: " + error.message);
    case ParseErrorKind::head_too_long:
      return refuse(431, "headers_too_large",
                    fmt::format("the request line and headers together exceed {} bytes",
                                options.header_bytes_max));
    case ParseErrorKind::body_too_long:
      return refuse(413, "body_too_large",
                    fmt::format("the request body exceeds {} bytes", options.body_bytes_max));
  }
}

// Says no and closes: after a request that cannot be read, nothing that follows can be trusted.
void Connection::refuse(int status, std::string_view code, std::string_view message) {
  const Response response = shared_->refuse(status, code, message);
  append_response_head(out_, response.status, response.headers, Framing::length,
                       response.body.size(), false);
  out_.append(response.body);
  input_.clear();
  free_memory(body_);
  let_go_of_body();
  end_answer(After::linger);
}

void Connection::dispatch() {
  Head& head = parser_->head();
  auto exchange = std::make_shared<ServerExchange>(
      shared_from_this(), Request{std::move(head.method), std::move(head.target),
                                  std::move(head.headers), std::move(body_), peer_});
  http_1_1_ = parser_->http_1_1();
  keep_alive_ = http_1_1_ && parser_->keep_alive() && !shared_->draining && !shared_->ending;
  parser_.reset();
  body_.clear();
  let_go_of_body();
  enter(Phase::answering);
  current_ = exchange.get();
  shared_->handler(loop_index_, std::move(exchange));
}

void Connection::on_deadline() {
  const auto self = shared_from_this();
  switch (phase_) {
    case Phase::head:
      return refuse(408, "headers_too_slow", "the request's headers did not come in time");
    case Phase::body:
      return refuse(408, "body_too_slow", "the request's body did not come in time");
    case Phase::answering:
    case Phase::ending:
      return on_lost();  // a client that does not read is gone
    case Phase::handshake:
    case Phase::idle:
    case Phase::lingering:
      return shut(false);
    case Phase::closed:
      return;
  }
}

// Writing.

void Connection::end_answer(After after) {
  current_ = nullptr;
  after_ = after;
  enter(Phase::ending);
  if (writing_) await_reader();  // of what went before, "100 Continue" perhaps
  if (writing_ || !out_.empty()) {
    flush();
  } else {
    settle();
  }
}

// Chunks sent in one go, such as all events of one read from an expert, leave in one write.
void Connection::flush_soon() {
  if (writing_ || std::exchange(flush_due_, true)) return;
  loop_.flush_soon(shared_from_this());
}

void Connection::flush() {
  flush_due_ = false;
  if (writing_ || out_.empty() || phase_ == Phase::closed) return;
  // Most of the time the socket takes it all: the second buffer is for clients that are behind.
  const Transfer sent = stream_.write({out_});
  if (sent.status == Io::failed) return on_lost();
  if (sent.bytes == out_.size()) {
    free_memory(out_);
    return on_all_written();
  }
  std::swap(out_, in_flight_);
  written_ = sent.bytes;
  writing_ = true;
  await_reader();
}

void Connection::await_reader() {
  if (phase_ == Phase::answering || phase_ == Phase::ending) {
    deadline_.set(shared_->options.write_timeout);
  }
}

void Connection::write_rest() {
  const Transfer sent = stream_.write({std::string_view(in_flight_).substr(written_)});
  if (sent.status == Io::failed) return on_lost();
  if (sent.bytes == 0) return;
  written_ += sent.bytes;
  if (written_ < in_flight_.size()) return await_reader();
  free_memory(in_flight_);
  written_ = 0;
  writing_ = false;
  on_all_written();
}

void Connection::on_all_written() {
  if (!out_.empty()) return flush();
  if (phase_ == Phase::ending) return settle();
  if (phase_ != Phase::answering) return;
  deadline_.clear();
  current_->tell_drained();
}

// The answer has left.
void Connection::settle() {
  switch (after_) {
    case After::next_request:
      if (input_ended_ || shared_->draining) return linger();
      enter(Phase::idle);
      if (input_.unread().empty()) {
        if (stream_.may_read()) read_soon();
        return;
      }
      // A pipelined request: from the loop, so that a long line of them does not nest.
      return loop_.post([self = shared_from_this()] {
        self->advance();
        self->read();
      });
    case After::linger:
      return linger();
    case After::close:
      return shut(false);
    case After::reset:
      return shut(true);
  }
}

// Says that this was all. The client's own goodbye, or the deadline, ends the connection.
void Connection::linger() {
  if (input_ended_ || !stream_.end_writing()) return shut(false);
  enter(Phase::lingering);
  input_.clear();
  if (stream_.may_read()) read_soon();
}

void Connection::on_lost() {
  const auto self = shared_from_this();
  ServerExchange* const unfinished = std::exchange(current_, nullptr);
  shut(false);
  if (unfinished != nullptr) unfinished->tell_gone();
}

void Connection::shut(bool reset) {
  phase_ = Phase::closed;
  deadline_.clear();
  let_go_of_body();
  reset ? stream_.reset() : stream_.close();
  shared_->by_loop[loop_index_].erase(shared_from_this());
}

std::size_t Connection::unsent_bytes() const { return out_.size() + in_flight_.size() - written_; }

// After the last answer, the client's bytes are read only so that it can finish sending them.
bool Connection::discards_input() const {
  return phase_ == Phase::lingering || (phase_ == Phase::ending && after_ != After::next_request);
}

}  // namespace ooe::http
