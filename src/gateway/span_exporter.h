// Spans of served requests, sent to a collector as OTLP over HTTP in JSON. Off unless [telemetry]
// names one. A request is one span of kind SERVER; every call to an expert is a span of kind CLIENT
// below it, with the names of the generative-AI conventions. Never a prompt, an answer or a key.
// Sources: OpenTelemetry Protocol 1.3 (opentelemetry.io/docs/specs/otlp, "JSON Protobuf Encoding");
// OpenTelemetry semantic conventions, "Generative AI".
// In: finished requests. Out: POSTs. Knows: http, core. What the collector does not take in time is
// dropped and counted: no request ever waits for it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "core/receipt.h"
#include "gateway/trace.h"
#include "http/message.h"

namespace ooe::gateway {

struct FinishedRequest {
  TraceId trace;
  std::optional<SpanId> parent = std::nullopt;
  SpanId root{};
  Receipt receipt;
  std::vector<CallSpan> calls;  // [attempts of the receipt]
};

// How many of the spans sent the collector's answer says it has rejected (OTLP, "Partial
// Success"). 0 for an answer that says nothing of the kind.
[[nodiscard]] std::int64_t rejected_spans(std::string_view answer);

// Returns the body of one POST.
[[nodiscard]] std::string otlp_json(std::span<const FinishedRequest> requests);

struct SpanExporterOptions {
  std::string endpoint = {};  // "http://127.0.0.1:4318/v1/traces"; empty: off
  std::size_t queue_max = 4'096;
  std::size_t batch_max = 256;
  // How long it waits for a first request; what follows within a fifth of a second goes with it.
  std::chrono::milliseconds interval{1'000};
  std::chrono::milliseconds timeout{5'000};  // of one POST
  std::chrono::milliseconds words{1'000};    // for what the collector says of spans it rejects
  std::string ca_file = {};

  friend bool operator==(const SpanExporterOptions&, const SpanExporterOptions&) = default;
};

// Threads: any. It has one of its own, which ends with what is left when this is destroyed.
class SpanExporter {
 public:
  // Errors: invalid_argument for an endpoint that is no address.
  [[nodiscard]] static Result<std::unique_ptr<SpanExporter>> start(SpanExporterOptions options);
  ~SpanExporter();
  SpanExporter(const SpanExporter&) = delete;
  SpanExporter& operator=(const SpanExporter&) = delete;

  // Never waits.
  void offer(FinishedRequest request);
  // Spans that were not taken.
  [[nodiscard]] std::int64_t dropped() const;

 private:
  struct Impl;
  explicit SpanExporter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace ooe::gateway
