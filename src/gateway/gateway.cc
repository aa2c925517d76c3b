#include "gateway/gateway.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.h"
#include "gateway/gateway_impl.h"
#include "gateway/http_error.h"

namespace ooe::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kShutDownPatience{5};  // for requests that have been told to break off

std::string host_of(const std::string& listen) {
  auto address = http::parse_listen_address(listen);
  return address ? std::move(address->host) : std::string();
}

// 0 where there is no such file.
std::uint64_t size_of(const std::string& file) {
  std::error_code error;
  const auto size = std::filesystem::file_size(file, error);
  return error ? 0 : size;
}

// Whoever reaches an open gateway spends its owner's money.
Result<void> check_reach(const GatewayOptions& options, const Serving& serving) {
  const auto address = http::parse_listen_address(options.server.listen);
  if (!address) return fail(address.error());
  if (http::is_loopback(address->host) || options.open_to_network || serving.keys) return {};
  return fail(ErrorCode::permission_denied,
              "listening on {} without keys would let everybody who reaches this machine spend "
              "your money; make keys (`ooe keys add NAME`) and add [keys] to the configuration, "
              "listen on 127.0.0.1, or set [server] open_to_network = true when something in front "
              "checks who calls",
              options.server.listen);
}

}  // namespace

Gateway::Impl::Impl(GatewayOptions with_options, SpentByKeyAndDay spent, const Clock& with_clock,
                    store::ReceiptWriter& with_receipts)
    : options(std::move(with_options)),
      clock(with_clock),
      receipts(with_receipts),
      accounts(std::move(spent), with_clock),
      conversations(options.turns_max),
      listen_host(host_of(options.server.listen)) {}

// Each worker changes over between two requests of its own.
Result<void> Gateway::Impl::reload(Serving serving, bool news) {
  if (auto ok = check_reach(options, serving); !ok) return ok;
  if (auto ok = server->reload_tls(); !ok) return ok;
  put_in_force(std::move(serving));
  if (news) metrics.count_reload(true);
  return {};
}

void Gateway::Impl::put_in_force(Serving serving) {
  const std::lock_guard lock(newest_mutex);
  const auto next = std::make_shared<InForce>(std::move(serving), accounts, pacers, newest.get());
  newest = next;
  for (const auto& worker : workers) {
    worker->loop.post([raw = worker.get(), next] { change_over(*raw, next); });
  }
}

Levels Gateway::Impl::levels(const InForce& in_force) const {
  const auto experts = in_force.serving.orchestrator->experts();
  std::vector<ExpertLevel> levels;
  for (std::size_t i = 0; i < experts.size(); ++i) {
    levels.push_back(
        {experts[i].name, in_force.health.breaker_open(i), in_force.health.calls_max(i)});
  }
  const store::ReceiptCounts counts = receipts.counts();
  return {.requests_in_flight = in_flight,
          .connections = server->connections(),
          .receipts_queued = receipts.waiting(),
          .spool_bytes = size_of(options.spool_file),
          .receipts_spooled = counts.spooled,
          .receipts_lost = counts.failed + counts.not_taken,
          .spans_dropped = spans ? spans->dropped() : 0,
          .log_lines_lost = log_lines_lost(),
          .experts = std::move(levels)};
}

void Gateway::Impl::stop(milliseconds patience, const std::function<bool()>& hurry) {
  if (std::exchange(stopped, true)) return;
  announced = true;
  if (server) server->drain();
  // Behind the drain in each loop's queue: from then on only those connections are open there whose
  // request has begun to come, or is being answered.
  const auto undrained = std::make_shared<std::atomic<std::size_t>>(workers.size());
  for (const auto& worker : workers) worker->loop.post([undrained] { --*undrained; });
  const auto wait_until_idle = [&](TimePoint until) {
    const auto busy = [&] {
      return *undrained > 0 || in_flight > 0 || (server && server->connections() > 0);
    };
    while (busy() && clock.now() < until && !(hurry && hurry())) {
      std::this_thread::sleep_for(milliseconds(5));
    }
  };
  wait_until_idle(clock.now() + patience);
  out_of_patience = true;
  for (const auto& worker : workers) {
    worker->loop.post([raw = worker.get()] {
      const auto running = raw->chats;  // a copy: shutting one down erases it
      for (const auto& [_, chat] : running) chat->shut_down();
    });
  }
  // For connections, too: a receipt is filed before the last bytes of its answer have left.
  wait_until_idle(clock.now() + kShutDownPatience);
  if (server) server->close_now();
  // Behind the closing in each loop's queue.
  for (const auto& worker : workers) worker->loop.post([raw = worker.get()] { raw->loop.stop(); });
  for (const auto& worker : workers) {
    if (worker->thread.joinable()) worker->thread.join();
  }
}

// What was reserved before a round is noted when the receipts of the round are durable. After a
// kill in between, requests that ended in between count twice rather than not at all.
void Gateway::Impl::keep_reservations(store::ReservationFile& file) {
  reservations = &file;
  receipts.around_each_round([this] { reserved_before = accounts.reserved(); },
                             [this] { note_reserved(); });
}

void Gateway::Impl::note_reserved() {
  const auto noted = reservations->note(reserved_before, clock.wall_now());
  if (!noted && reservations_noted) {
    spdlog::warn("what keys have reserved cannot be noted; a kill would give it back: {}",
                 noted.error().message);
  }
  reservations_noted = noted.has_value();
}

Result<std::unique_ptr<Gateway>> Gateway::start(GatewayOptions options, Serving serving,
                                                const Clock& clock, store::ReceiptWriter& receipts,
                                                SpentByKeyAndDay spent,
                                                store::ReservationFile* reservations) {
  if (auto ok = check_reach(options, serving); !ok) return fail(ok.error());
  auto impl = std::make_unique<Impl>(std::move(options), std::move(spent), clock, receipts);
  if (!impl->options.spans.endpoint.empty()) {
    auto spans = SpanExporter::start(impl->options.spans);
    if (!spans) return fail(spans.error());
    impl->spans = std::move(*spans);
  }
  std::size_t count = impl->options.workers;
  if (count == 0) count = std::max(1U, std::thread::hardware_concurrency());
  const auto in_force = std::make_shared<InForce>(std::move(serving), impl->accounts, impl->pacers);
  impl->newest = in_force;
  std::vector<http::Loop*> loops;
  for (std::size_t i = 0; i < count; ++i) {
    impl->workers.push_back(
        std::make_unique<Worker>(impl->options.expert_ca_file, clock, impl->metrics, in_force));
    loops.push_back(&impl->workers.back()->loop);
  }
  auto server = http::Server::start(
      loops, impl->options.server,
      [raw = impl.get()](std::size_t loop, std::shared_ptr<http::Exchange> exchange) {
        raw->serve(*raw->workers[loop], std::move(exchange));
      },
      [raw = impl.get()](int status, std::string_view code, std::string_view message) {
        raw->metrics.count_rejection(status, code);
        return error_response(status, code, message,
                              status == 503 ? std::optional(kRetryLater) : std::nullopt);
      });
  if (!server) return fail(server.error());
  impl->server = std::move(*server);
  if (reservations != nullptr) impl->keep_reservations(*reservations);
  for (const auto& worker : impl->workers) {
    worker->thread = std::thread([raw = worker.get()] { raw->loop.run(); });
  }
  return std::unique_ptr<Gateway>(new Gateway(std::move(impl)));
}

Gateway::Gateway(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

// Receipts may be written for some time after stop(); what is reserved until then is noted last.
Gateway::~Gateway() {
  stop(milliseconds(0));
  if (impl_->reservations == nullptr) return;
  impl_->receipts.around_each_round(nullptr, nullptr);
  impl_->reserved_before = impl_->accounts.reserved();
  impl_->note_reserved();
}

std::uint16_t Gateway::port() const { return impl_->server->port(); }

Result<void> Gateway::reload(Serving serving, bool news) {
  return impl_->reload(std::move(serving), news);
}

SpentByKey Gateway::spent() const { return impl_->accounts.spent(); }

std::string Gateway::metrics_text() const {
  std::shared_ptr<const InForce> in_force;
  {
    const std::lock_guard lock(impl_->newest_mutex);
    in_force = impl_->newest;
  }
  return impl_->metrics.text(impl_->levels(*in_force));
}

void Gateway::take_keys(Serving serving) { impl_->put_in_force(std::move(serving)); }

void Gateway::count_failed_reload() { impl_->metrics.count_reload(false); }

void Gateway::announce_stop() {
  impl_->announced = true;
  impl_->server->announce_end();
}

void Gateway::stop(milliseconds patience, const std::function<bool()>& hurry) {
  impl_->stop(patience, hurry);
}

}  // namespace ooe::gateway
