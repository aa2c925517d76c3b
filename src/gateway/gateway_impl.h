// What a Gateway holds; known to gateway.cc, which starts, reloads and stops it, and to
// gateway_requests.cc, which serves.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/conversations.h"
#include "gateway/gateway.h"
#include "gateway/in_force.h"
#include "gateway/live_chat.h"
#include "gateway/metrics.h"
#include "gateway/worker.h"

namespace ooe::gateway {

struct Gateway::Impl {
  GatewayOptions options;
  const Clock& clock;
  store::ReceiptWriter& receipts;
  KeyAccounts accounts;
  ModelPacers pacers;
  Conversations conversations;
  const std::string listen_host;  // as the configuration says it
  Metrics metrics;
  store::ReservationFile* reservations = nullptr;  // null: reservations are not noted
  // Of the receipt writer's thread: what was reserved before its round, and whether noting it went
  // well the last time.
  std::vector<store::KeyCost> reserved_before;
  bool reservations_noted = true;
  std::unique_ptr<SpanExporter> spans;  // null: nobody wants any
  std::mutex newest_mutex;
  std::shared_ptr<const InForce> newest;  // guarded by newest_mutex; workers change over to it
  std::vector<std::unique_ptr<Worker>> workers;
  std::unique_ptr<http::Server> server;

  std::atomic<std::size_t> in_flight{0};
  std::atomic<bool> announced{false};        // that it stops: see announce_stop()
  std::atomic<bool> out_of_patience{false};  // stop() waits for no new request any more
  bool stopped = false;

  Impl(GatewayOptions with_options, SpentByKeyAndDay spent, const Clock& with_clock,
       store::ReceiptWriter& with_receipts);

  // One request: gateway_requests.cc. On the thread of its worker.
  void serve(Worker& worker, std::shared_ptr<http::Exchange> exchange);
  tl::expected<Caller, Refusal> admit(const Worker& worker, const http::Request& request) const;
  void chat(Worker& worker, const Caller& caller, const std::shared_ptr<http::Exchange>& exchange);
  std::optional<Refusal> start_chat(Worker& worker, const Caller& caller,
                                    const std::shared_ptr<http::Exchange>& exchange);
  void settle(InForce& in_force, const std::optional<std::uint64_t>& conversation,
              const Steered& steered, const Receipt& receipt);
  void end(Worker& worker, LiveChat& ended, Receipt&& receipt);
  void decide_only(Worker& worker, const Caller& caller, http::Exchange& exchange);
  void show_model(const Worker& worker, const Caller& caller, std::string_view encoded_name,
                  http::Exchange& exchange);
  void reject(http::Exchange& exchange, const Refusal& refusal);
  http::Response readiness(const Worker& worker) const;
  std::optional<Refusal> turned_away(std::size_t running) const;
  std::optional<Refusal> turned_away(const Caller& caller) const;
  void file(Receipt&& receipt);

  // The gateway's life: gateway.cc. On any thread, but for the receipt writer's.
  void keep_reservations(store::ReservationFile& file);
  void note_reserved();
  Result<void> reload(Serving serving, bool news);
  void put_in_force(Serving serving);
  Levels levels(const InForce& in_force) const;
  void stop(std::chrono::milliseconds patience, const std::function<bool()>& hurry);
};

}  // namespace ooe::gateway
