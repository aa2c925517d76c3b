// Private to this room: one connection of the server. Bytes in, requests to the handler one after
// the other, answers out. It reads for as long as it lives, while a handler works, too: that is how
// a client's leaving is noticed.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "http/alarms.h"
#include "http/input_buffer.h"
#include "http/loop_impl.h"
#include "http/parser.h"
#include "http/server.h"
#include "http/stream.h"
#include "http/wire.h"

namespace ooe::http {

class Connection;
class ServerExchange;

// The TLS context for new connections. Threads: any.
class CurrentTls {
 public:
  // Null: plain HTTP.
  [[nodiscard]] TlsContext get() const {
    const std::lock_guard lock(mutex_);
    return context_;
  }
  void set(TlsContext context) {
    const std::lock_guard lock(mutex_);
    context_ = std::move(context);
  }

 private:
  mutable std::mutex mutex_;
  TlsContext context_;  // guarded by mutex_
};

// What the connections of one server share.
struct ServerShared {
  ServerOptions options;
  Handler handler;
  Refuse refuse;
  CurrentTls tls;
  std::atomic<std::size_t> open = 0;
  std::atomic<std::size_t> bodies_bytes = 0;  // of bodies that are not whole
  std::atomic<bool> ending = false;           // soon: no connection is kept for another request
  std::atomic<bool> draining = false;
  // Those that are not closed; [i] is touched on loop i's thread only.
  std::vector<std::unordered_set<std::shared_ptr<Connection>>> by_loop;
};

// Threads: its loop's, but for the constructor.
class Connection final : public SocketUser,
                         public Writer,
                         public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<ServerShared> shared, Loop& loop, std::size_t loop_index,
             Descriptor socket, const Endpoint& peer);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void start();
  // Instead of start(): says 503 and closes.
  void turn_away();
  // Takes no further request. One that has begun to come, or an answer in progress, goes on.
  void drain();
  // Closes as if the client had left.
  void close();

  void on_ready() override;

 private:
  friend class ServerExchange;

  enum class Phase {
    handshake,  // TLS
    idle,       // between requests
    head,       // some bytes of a head are here
    body,       // the head is here
    answering,  // the handler has the request
    ending,     // the answer is complete, its last bytes are going out
    lingering,  // we have closed our side and wait for the client to read it and close its own
    closed,
  };
  enum class After { next_request, linger, close, reset };

  void shake_hands();
  void read();
  void read_soon();
  void on_end_of_input();
  void advance();
  bool read_request();
  void await_more();
  [[nodiscard]] bool may_hold_body();
  void let_go_of_body();
  void enter(Phase phase);
  [[nodiscard]] std::string_view expectation() const;
  [[nodiscard]] bool refuse_expectation();  // returns whether it has
  void say_continue();
  void refuse(const ParseError& error);
  void refuse(int status, std::string_view code, std::string_view message);
  void dispatch();
  void on_deadline();

  void end_answer(After after);
  void flush_soon();
  void flush() override;
  void await_reader();
  void write_rest();
  void on_all_written();
  void settle();
  void linger();
  void on_lost();
  void shut(bool reset);

  [[nodiscard]] std::size_t unsent_bytes() const;
  [[nodiscard]] bool discards_input() const;

  // First what each chunk of an answer needs, together: of thousands of streams none is in the
  // processor's cache when its next chunk comes.
  Loop::Impl& loop_;
  Phase phase_ = Phase::idle;
  bool keep_alive_ = false;
  bool http_1_1_ = true;
  bool writing_ = false;
  bool flush_due_ = false;
  ServerExchange* current_ = nullptr;  // the exchange being answered; it says so when it goes
  // Two buffers take turns when the socket does not take all at once: one is filled while the other
  // waits to go, so that chunks which come faster than they go leave together.
  std::string out_;
  std::string in_flight_;
  Stream stream_;
  Deadline deadline_;
  std::size_t written_ = 0;  // of in_flight_
  After after_ = After::next_request;

  bool reading_ = false;  // what a read brought is being looked at
  bool input_ended_ = false;
  InputBuffer input_;
  std::optional<RequestParser> parser_;
  std::string body_;      // of the request being read
  std::size_t held_ = 0;  // of it, counted in ServerShared

  std::shared_ptr<ServerShared> shared_;
  std::size_t loop_index_;
  std::string peer_;
};

}  // namespace ooe::http
