// The gateway: an OpenAI-compatible endpoint in front of all experts.
// In: HTTP requests. Out: answers of the experts the orchestrator picks, and receipts. Knows:
// orchestrator, experts, store, http.
//
// Routes: POST /v1/chat/completions, POST /v1/orchestrate (the decision only), GET /v1/models,
// /healthz, /readyz, /metrics. Threads: one worker (loop, HTTP client, predictor's memory,
// breakers) per core; a request lives and dies on one of them. The store is never on a request's
// path: receipts go through a bounded queue to their writer.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "gateway/in_force.h"
#include "gateway/serving.h"
#include "gateway/span_exporter.h"
#include "http/server.h"
#include "store/receipt_writer.h"
#include "store/reservation_file.h"

namespace ooe::gateway {

struct GatewayOptions {
  http::ServerOptions server;
  std::size_t workers = 0;  // 0: one per core
  std::size_t requests_max =
      4'000;  // being answered at a time; beyond it: 503 now, never a slow queue
  std::size_t turns_max = 65'536;  // of conversations that are remembered, 32 bytes each
  bool open_to_network = false;    // without keys, listening beyond loopback must be asked for
  SpanExporterOptions spans = {};
  std::chrono::milliseconds lame_duck{0};   // from a signal to the closing of the gate
  std::chrono::milliseconds drain{20'000};  // from there until running requests are broken off
  std::string expert_ca_file = {};          // vouches for experts, beside the system's authorities
  std::string spool_file = {};  // of the receipts' writer, for /metrics; empty: it has none

  friend bool operator==(const GatewayOptions&, const GatewayOptions&) = default;
};

class Gateway {
 public:
  // Binds and serves; returns at once. `clock`, `receipts` and `reservations` must outlive it.
  // `spent`: what each key has spent before, from the start of this month. `reservations`: where
  // to note, on the receipt writer's thread, what keys have reserved; null: nowhere.
  // Errors: as http::Server::start; permission_denied for an address beyond loopback with neither
  // keys nor `open_to_network`.
  [[nodiscard]] static Result<std::unique_ptr<Gateway>> start(
      GatewayOptions options, Serving serving, const Clock& clock, store::ReceiptWriter& receipts,
      SpentByKeyAndDay spent = {}, store::ReservationFile* reservations = nullptr);
  ~Gateway();  // as stop(0)
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  [[nodiscard]] std::uint16_t port() const;

  // Puts `serving` in force for requests that begin from now on; those that are running end with
  // what they began with. TLS files are read again. What is known of an expert's health stays, if
  // it is the same expert. Any thread. Errors: as http::Server::reload_tls; permission_denied when
  // keys go and only they had opened the network. `news`: for /metrics, whether it counts.
  [[nodiscard]] Result<void> reload(Serving serving, bool news = true);
  // Reloads a serving that differs from the last in its keys alone, which cannot fail.
  void take_keys(Serving serving);
  // Counts, for /metrics, a reload that failed before reload() could be called.
  void count_failed_reload();

  // What each key has spent in requests that have ended. Any thread.
  [[nodiscard]] SpentByKey spent() const;

  // What GET /metrics says. Any thread.
  [[nodiscard]] std::string metrics_text() const;

  // /readyz says from now on that it shuts down; all else goes on. For who sends requests here and
  // looks there first.
  void announce_stop();
  // Closes the gate, lets running requests end for at most `patience`, or until `hurry` returns
  // true, then breaks them off. Every one of them has filed its receipt when this returns.
  void stop(std::chrono::milliseconds patience, const std::function<bool()>& hurry = {});

 private:
  struct Impl;
  explicit Gateway(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace ooe::gateway
