// Private to this room: Asio with the concrete executor that every socket here runs on (a
// type-erased one costs a fifth of the instructions of a small request).
#pragma once

#include <chrono>
#include <cstddef>
#include <initializer_list>
#include <string_view>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
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

// Hands bytes to the system without waiting, in one call. Returns how many it took; 0 also when the
// connection has failed: whoever then waits to send the rest is told. Most messages fit, and an
// operation that need not wait costs a third of one that might.
[[nodiscard]] std::size_t send_now(Socket& socket, std::initializer_list<std::string_view> pieces);

}  // namespace ooe::http
