// Private to this room: the handler's end of one answer on a connection of the server. Whatever the
// handler says becomes bytes in the connection's buffer, framed as the request's version and method
// want it.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "http/connection.h"
#include "http/server.h"
#include "http/wire.h"

namespace ooe::http {

// `connection_->current_ == this` while the answer is unfinished and the client there; all calls at
// other times do nothing.
class ServerExchange final : public Exchange {
 public:
  ServerExchange(std::shared_ptr<Connection> connection, Request request)
      : connection_(std::move(connection)), request_(std::move(request)) {}
  // NOLINTNEXTLINE(bugprone-exception-escape): only out of memory, which ends the process
  ~ServerExchange() override { end_unfinished(); }
  ServerExchange(const ServerExchange&) = delete;
  ServerExchange& operator=(const ServerExchange&) = delete;

  [[nodiscard]] const Request& request() const override { return request_; }
  [[nodiscard]] std::string take_body() override { return std::exchange(request_.body, {}); }

  void send(Response response) override;
  void send_head(int status, Headers headers) override;
  void send_chunk(std::string_view bytes) override;
  void finish(const Headers& trailers) override;
  void abort() override { end_unfinished(); }
  [[nodiscard]] std::size_t unsent_bytes() const override;
  void when_drained(std::function<void()> work) override;
  void on_gone(std::function<void()> work) override;

  // The connection calls these: all that was sent has left, or the client has.
  void tell_drained();
  void tell_gone();

 private:
  [[nodiscard]] bool is_current() const { return connection_->current_ == this; }
  [[nodiscard]] bool is_head_request() const { return request_.method == "HEAD"; }

  void append_head();
  void end_whole();
  void end_unfinished();
  void end(Connection::After after);

  std::shared_ptr<Connection> connection_;
  std::optional<std::string> head_;  // set by send_head(), empty once it is on its way
  Framing framing_ = Framing::chunked;
  std::function<void()> when_drained_;
  Request request_;
  std::function<void()> on_gone_;
  bool gone_ = false;
};

}  // namespace ooe::http
