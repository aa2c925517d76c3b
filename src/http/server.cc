#include "http/server.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/check.h"
#include "base/log.h"
#include "base/system_words.h"
#include "http/connection.h"
#include "http/loop_impl.h"
#include "http/server_tls.h"

namespace ooe::http {

namespace {

// Pause after the system refused to accept, usually for want of descriptors.
constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr std::chrono::seconds kSaidAgainAfter{60};
constexpr int kAcceptedAtOnce = 32;

Result<Endpoint> resolve_listen_address(const std::string& text) {
  const auto address = parse_listen_address(text);
  if (!address) return fail(address.error());
  const auto found = look_up(address->host, std::to_string(address->port));
  if (!found) {
    return fail(ErrorCode::invalid_argument, "listen address '{}': no such host on this machine",
                text);
  }
  return found->front();
}

Result<Descriptor> listen_on(const Endpoint& endpoint, const std::string& text) {
  Descriptor socket(
      ::socket(endpoint.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
  // Lets a restart take the port over while old connections of it wait to die. SO_REUSEPORT, which
  // would let two servers share the port and halve each other's requests, stays off.
  const int on = 1;
  const bool listening =
      socket.is_open() &&
      ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
      ::bind(socket.get(), endpoint.get(), endpoint.size) == 0 &&
      ::listen(socket.get(), SOMAXCONN) == 0;
  if (listening) return socket;
  if (errno == EADDRINUSE) {
    return fail(ErrorCode::unavailable,
                "port in use: another program listens on {}; stop it or listen elsewhere", text);
  }
  return fail(ErrorCode::invalid_argument, "cannot listen on {}: {}", text, system_words(errno));
}

std::uint16_t port_of(const Descriptor& socket) {
  Endpoint endpoint;
  ::getsockname(socket.get(), endpoint.get(), &endpoint.size);
  return endpoint.port();
}

}  // namespace

struct Server::Impl final : Watcher, std::enable_shared_from_this<Impl> {
  Impl(std::span<Loop* const> with_loops, ServerOptions options, Handler handler, Refuse refuse)
      : loops(with_loops.begin(), with_loops.end()),
        shared(std::make_shared<ServerShared>()),
        pause(*loops.front()) {
    shared->options = std::move(options);
    shared->handler = std::move(handler);
    shared->refuse = std::move(refuse);
    shared->by_loop.resize(loops.size());
  }

  // Those that live on the first loop's thread.
  void on_events(std::uint32_t events) override;
  void accept_some();
  void stop_listening();
  void say_full(std::string_view why);

  void welcome(std::size_t loop, Descriptor socket, const Endpoint& peer);
  void close_all(std::size_t loop);

  std::vector<Loop*> loops;
  std::shared_ptr<ServerShared> shared;
  Descriptor listener;
  Timer pause;
  bool accepts_soon = false;  // has posted that it goes on
  std::size_t next_loop = 0;
  std::optional<std::chrono::steady_clock::time_point> said_full;
  std::uint16_t port = 0;
};

void Server::Impl::on_events(std::uint32_t /*events*/) {
  if (!accepts_soon) accept_some();
}

// Accepts all that wait, a few at a time, so that those who are connected have a turn, too.
void Server::Impl::accept_some() {
  for (int i = 0; i < kAcceptedAtOnce; ++i) {
    if (!listener.is_open()) return;
    Endpoint peer;
    Descriptor socket(
        ::accept4(listener.get(), peer.get(), &peer.size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket.is_open()) {
      welcome(next_loop, std::move(socket), peer);
      next_loop = (next_loop + 1) % loops.size();
    } else if (errno == EAGAIN) {
      return;  // on_events() will come
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      say_full(system_words(errno));
      return pause.arm(kAcceptPause, [this] { accept_some(); });
    }
    // Anything else befell that one connection (accept(2), error handling).
  }
  accepts_soon = true;
  loops.front()->post([impl = weak_from_this()] {
    const auto self = impl.lock();
    if (!self) return;
    self->accepts_soon = false;
    self->accept_some();
  });
}

// Warns once in a while only: a server stays full for as long as those who fill it want.
void Server::Impl::say_full(std::string_view why) {
  const auto now = std::chrono::steady_clock::now();
  if (said_full && now < *said_full + kSaidAgainAfter) return;
  said_full = now;
  spdlog::warn("cannot accept a connection: {}", why);
}

void Server::Impl::stop_listening() {
  if (!listener.is_open()) return;
  pause.cancel();
  loops.front()->impl().forget(listener.get(), *this);
  listener.close();
}

void Server::Impl::welcome(std::size_t loop, Descriptor socket, const Endpoint& peer) {
  const std::size_t open = shared->open;
  const std::size_t most = shared->options.connections_max;
  if (open >= most + std::min(most, kTurnedAwayMax)) return;
  const bool full = open >= most;
  auto connection =
      std::make_shared<Connection>(shared, *loops[loop], loop, std::move(socket), peer);
  loops[loop]->post([connection = std::move(connection), full] {
    full ? connection->turn_away() : connection->start();
  });
}

void Server::Impl::close_all(std::size_t loop) {
  // A copy: closing one removes it, and calls its handler, which may do more.
  const auto open = shared->by_loop[loop];
  for (const auto& connection : open) connection->close();
}

Response plain_refusal(int status, std::string_view code, std::string_view message) {
  return {status, {{"content-type", "text/plain"}}, fmt::format("{}: {}\n", code, message)};
}

Result<std::unique_ptr<Server>> Server::start(std::span<Loop* const> loops, ServerOptions options,
                                              Handler handler, Refuse refuse) {
  OOE_CHECK(!loops.empty(), "a server needs a loop");
  const std::string listen = options.listen;
  const auto endpoint = resolve_listen_address(listen);
  if (!endpoint) return fail(endpoint.error());
  auto impl =
      std::make_shared<Impl>(loops, std::move(options), std::move(handler), std::move(refuse));
  auto listener = listen_on(*endpoint, listen);
  if (!listener) return fail(listener.error());
  impl->listener = std::move(*listener);
  if (impl->shared->options.tls) {
    auto context = server_tls_context(*impl->shared->options.tls);
    if (!context) return fail(context.error());
    impl->shared->tls.set(std::move(*context));
  }
  impl->port = port_of(impl->listener);
  if (!loops.front()->impl().watch(impl->listener.get(), EPOLLIN, *impl)) {
    return fail(ErrorCode::unavailable, "cannot watch {}: {}", listen, system_words(errno));
  }
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::Server(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() {
  impl_->shared->draining = true;
  impl_->stop_listening();
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

void Server::announce_end() { impl_->shared->ending = true; }

void Server::drain() {
  impl_->shared->draining = true;
  impl_->loops.front()->post([impl = impl_] { impl->stop_listening(); });
  for (std::size_t loop = 0; loop < impl_->loops.size(); ++loop) {
    impl_->loops[loop]->post([impl = impl_, loop] {
      const auto open = impl->shared->by_loop[loop];  // a copy: one that is idle removes itself
      for (const auto& connection : open) connection->drain();
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
