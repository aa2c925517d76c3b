#include "http/server_exchange.h"

#include "base/check.h"

namespace ooe::http {

void ServerExchange::send(Response response) {
  if (!is_current()) return;
  OOE_CHECK(!head_, "send() comes once and alone, not after send_head()");
  const bool bare = has_no_body(response.status);
  append_response_head(connection_->out_, response.status, response.headers,
                       bare ? Framing::none : Framing::length, response.body.size(),
                       connection_->keep_alive_);
  if (!bare && !is_head_request()) connection_->out_.append(response.body);
  end_whole();
}

void ServerExchange::send_head(int status, Headers headers) {
  if (!is_current()) return;
  OOE_CHECK(!head_, "send_head() comes once");
  framing_ = has_no_body(status)      ? Framing::none
             : connection_->http_1_1_ ? Framing::chunked
                                      : Framing::close;
  head_.emplace();
  append_response_head(*head_, status, headers, framing_, 0, connection_->keep_alive_);
}

void ServerExchange::send_chunk(std::string_view bytes) {
  if (!is_current()) return;
  OOE_CHECK(head_.has_value(), "send_head() comes before send_chunk()");
  if (bytes.empty()) return;
  append_head();
  if (framing_ == Framing::chunked && !is_head_request()) {
    append_chunk(connection_->out_, bytes);
  } else if (framing_ == Framing::close && !is_head_request()) {
    connection_->out_.append(bytes);
  }
  connection_->flush_soon();
}

void ServerExchange::finish(const Headers& trailers) {
  if (!is_current()) return;
  OOE_CHECK(head_.has_value(), "send_head() comes before finish()");
  append_head();
  if (framing_ == Framing::chunked && !is_head_request()) {
    append_last_chunk(connection_->out_, trailers);
  }
  end_whole();
}

std::size_t ServerExchange::unsent_bytes() const {
  return is_current() ? connection_->unsent_bytes() : 0;
}

void ServerExchange::when_drained(std::function<void()> work) {
  if (is_current()) when_drained_ = std::move(work);
}

void ServerExchange::on_gone(std::function<void()> work) {
  if (gone_) {
    connection_->loop_.post(std::move(work));
  } else if (is_current()) {
    on_gone_ = std::move(work);
  }
}

void ServerExchange::tell_drained() {
  if (!when_drained_) return;
  const auto work = std::exchange(when_drained_, nullptr);  // it may end the exchange
  work();
}

void ServerExchange::tell_gone() {
  // As in end(): they may own this exchange.
  gone_ = true;
  const auto drained = std::exchange(when_drained_, nullptr);
  const auto gone = std::exchange(on_gone_, nullptr);
  if (gone) gone();
}

void ServerExchange::append_head() {
  connection_->out_.append(*head_);
  *head_ = {};
}

void ServerExchange::end_whole() {
  end(connection_->keep_alive_ ? Connection::After::next_request : Connection::After::linger);
}

// What was handed over still goes out: it may hold the event that tells the client why. A chunked
// body is broken by closing before its last chunk. A body that lasts until the connection closes,
// and a connection on which nothing went out, can only be broken by a reset.
void ServerExchange::end_unfinished() {
  if (!is_current()) return;
  if (head_) append_head();
  end(head_ && framing_ == Framing::chunked && !is_head_request() ? Connection::After::close
                                                                  : Connection::After::reset);
}

void ServerExchange::end(Connection::After after) {
  // The functions may own this exchange: they go last, and with them perhaps `this`.
  const auto drained = std::exchange(when_drained_, nullptr);
  const auto gone = std::exchange(on_gone_, nullptr);
  connection_->end_answer(after);
}

}  // namespace ooe::http
