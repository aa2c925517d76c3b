// Private to this room: Asio with the concrete executor that every socket here runs on (a
// type-erased one costs a fifth of the instructions of a small request), and a cheap deadline.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string_view>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "http/loop.h"

namespace ooe::http {

namespace asio = boost::asio;
using boost::system::error_code;

using Executor = asio::io_context::executor_type;
using Tcp = asio::ip::tcp;
using Socket = asio::basic_stream_socket<Tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<Tcp, Executor>;
using Resolver = asio::ip::basic_resolver<Tcp, Executor>;
using SteadyTimer =
    asio::basic_waitable_timer<std::chrono::steady_clock,
                               asio::wait_traits<std::chrono::steady_clock>, Executor>;

template <class T>
using Task = asio::awaitable<T, Executor>;
// co_await socket.async_x(..., kAwait) gives a tuple that starts with the error_code.
inline constexpr asio::as_tuple_t<asio::use_awaitable_t<Executor>> kAwait{};

struct Loop::Impl {
  asio::io_context context{1};  // one thread runs it
  asio::executor_work_guard<Executor> work{context.get_executor()};
};

// Hands bytes to the system without waiting, in one call. Returns how many it took; 0 also when the
// connection has failed: whoever then waits to send the rest is told. Most messages fit, and an
// operation that need not wait costs a third of one that might.
[[nodiscard]] std::size_t send_now(Socket& socket, std::initializer_list<std::string_view> pieces);

[[nodiscard]] inline Executor executor_of(Loop& loop) { return loop.impl().context.get_executor(); }

// A point in time that moves with every request and is seldom reached. Moving it later only stores
// it: the timer below finds out when it fires too early. `on_expiry` is called once for each
// deadline reached, and never after the destructor.
class Deadline {
 public:
  Deadline(const Executor& executor, std::function<void()> on_expiry);
  ~Deadline();
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  void set(std::chrono::milliseconds from_now);
  void clear();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace ooe::http
