// What /metrics shows, in Prometheus' text format. Everything about requests is read off their
// receipts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "core/receipt.h"

namespace ooe::gateway {

// Gauges, read when somebody looks.
struct Levels {
  std::size_t requests_in_flight = 0;
  std::size_t connections = 0;
  std::size_t receipts_queued = 0;
  std::int64_t receipts_spooled = 0;  // since the start
  std::int64_t receipts_lost = 0;     // since the start
  std::int64_t spans_dropped = 0;     // requests since the start
};

// Threads: any.
class Metrics {
 public:
  Metrics();
  ~Metrics();

  void observe(const Receipt& receipt);
  // A request turned away before it became a session: "overloaded", "invalid_request", ...
  void count_rejection(std::string_view code);
  void count_reload(bool succeeded);
  [[nodiscard]] std::string text(const Levels& levels);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ooe::gateway
