#include "http/server.h"

#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "base/log.h"
#include "http/connection.h"
#include "http/loop_impl.h"
#include "http/server_tls.h"

namespace ooe::http {

namespace {

// Connections beyond the limit that are told so; more than these at once are closed without a word.
constexpr std::size_t kTurnedAwayMax = 64;
// Pause after the system refused to accept, usually for want of descriptors.
constexpr std::chrono::milliseconds kAcceptPause{100};

Result<Tcp::endpoint> resolve_listen_address(const Executor& executor, const std::string& text) {
  const auto address = parse_listen_address(text);
  if (!address) return fail(address.error());
  error_code error;
  Resolver resolver(executor);
  const auto found =
      resolver.resolve(address->host, std::to_string(address->port), Resolver::passive, error);
  if (error || found.empty()) {
    return fail(ErrorCode::invalid_argument, "listen address '{}': no such host on this machine",
                text);
  }
  return found.begin()->endpoint();
}

Result<void> open(Acceptor& acceptor, const Tcp::endpoint& endpoint, const std::string& text) {
  error_code error;
  acceptor.open(endpoint.protocol(), error);
  // Lets a restart take the port over while old connections of it wait to die. SO_REUSEPORT, which
  // would let two servers share the port and halve each other's requests, stays off.
  if (!error) acceptor.set_option(Acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(Acceptor::max_listen_connections, error);
  if (!error) return {};
  if (error == asio::error::address_in_use) {
    return fail(ErrorCode::unavailable,
                "port in use: another program listens on {}; stop it or listen elsewhere", text);
  }
  return fail(ErrorCode::invalid_argument, "cannot listen on {}: {}", text, error.message());
}

}  // namespace

struct Server::Impl {
  Impl(std::span<Loop* const> with_loops, ServerOptions options, Handler handler, Refuse refuse)
      : loops(with_loops.begin(), with_loops.end()),
        shared(std::make_shared<ServerShared>()),
        acceptor(executor_of(*loops.front())) {
    shared->options = std::move(options);
    shared->handler = std::move(handler);
    shared->refuse = std::move(refuse);
    shared->by_loop.resize(loops.size());
  }

  static Task<void> accept_loop(std::shared_ptr<Impl> impl);
  void welcome(std::size_t loop, Socket socket);
  void close_all(std::size_t loop);

  std::vector<Loop*> loops;
  std::shared_ptr<ServerShared> shared;
  Acceptor acceptor;  // lives on the first loop
  std::uint16_t port = 0;
};

Task<void> Server::Impl::accept_loop(std::shared_ptr<Impl> impl) {
  SteadyTimer pause(impl->acceptor.get_executor());
  std::size_t next = 0;
  while (impl->acceptor.is_open()) {
    auto [error, socket] =
        co_await impl->acceptor.async_accept(executor_of(*impl->loops[next]), kAwait);
    if (!error) {
      impl->welcome(next, std::move(socket));
      next = (next + 1) % impl->loops.size();
    } else if (impl->acceptor.is_open() && error != asio::error::connection_aborted) {
      spdlog::warn("cannot accept a connection: {}", error.message());
      pause.expires_after(kAcceptPause);
      co_await pause.async_wait(kAwait);
    }
  }
}

void Server::Impl::welcome(std::size_t loop, Socket socket) {
  const std::size_t open = shared->open;
  if (open >= shared->options.connections_max + kTurnedAwayMax) return;
  const bool full = open >= shared->options.connections_max;
  auto connection = std::make_shared<Connection>(shared, *loops[loop], loop, std::move(socket));
  loops[loop]->post([connection = std::move(connection), full] {
    full ? connection->turn_away() : connection->start();
  });
}

void Server::Impl::close_all(std::size_t loop) {
  // A copy that keeps them alive: closing one removes it, and calls its handler, which may do more.
  std::vector<std::shared_ptr<Connection>> open;
  for (Connection* connection : shared->by_loop[loop]) {
    if (auto alive = connection->weak_from_this().lock()) open.push_back(std::move(alive));
  }
  for (const auto& connection : open) connection->close();
}

Response plain_refusal(int status, std::string_view code, std::string_view message) {
  return {status, {{"content-type", "text/plain"}}, fmt::format("{}: {}\n", code, message)};
}

Result<std::unique_ptr<Server>> Server::start(std::span<Loop* const> loops, ServerOptions options,
                                              Handler handler, Refuse refuse) {
  OOE_CHECK(!loops.empty(), "a server needs a loop");
  const std::string listen = options.listen;
  const auto endpoint = resolve_listen_address(executor_of(*loops.front()), listen);
  if (!endpoint) return fail(endpoint.error());
  auto impl =
      std::make_shared<Impl>(loops, std::move(options), std::move(handler), std::move(refuse));
  if (const auto opened = open(impl->acceptor, *endpoint, listen); !opened) {
    return fail(opened.error());
  }
  if (impl->shared->options.tls) {
    auto context = server_tls_context(*impl->shared->options.tls);
    if (!context) return fail(context.error());
    impl->shared->tls.set(std::move(*context));
  }
  error_code error;
  impl->port = impl->acceptor.local_endpoint(error).port();
  asio::co_spawn(impl->acceptor.get_executor(), Impl::accept_loop(impl), asio::detached);
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::Server(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() {
  impl_->shared->draining = true;
  error_code ignored;
  impl_->acceptor.close(ignored);
  for (std::size_t loop = 0; loop < impl_->loops.size(); ++loop) impl_->close_all(loop);
}

std::uint16_t Server::port() const { return impl_->port; }

std::size_t Server::connections() const { return impl_->shared->open; }

Result<void> Server::reload_tls() {
  ServerShared& shared = *impl_->shared;
  if (!shared.options.tls) return {};
  auto context = server_tls_context(*shared.options.tls);
  if (!context) return fail(context.error());
  shared.tls.set(std::move(*context));
  return {};
}

void Server::drain() {
  impl_->shared->draining = true;
  impl_->loops.front()->post([impl = impl_] {
    error_code ignored;
    impl->acceptor.close(ignored);
  });
  for (std::size_t loop = 0; loop < impl_->loops.size(); ++loop) {
    impl_->loops[loop]->post([impl = impl_, loop] {
      for (Connection* connection : impl->shared->by_loop[loop]) connection->drain();
    });
  }
}

void Server::close_now() {
  drain();
  for (std::size_t loop = 0; loop < impl_->loops.size(); ++loop) {
    impl_->loops[loop]->post([impl = impl_, loop] { impl->close_all(loop); });
  }
}

}  // namespace ooe::http
