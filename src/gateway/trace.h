// Where a request stands in a trace that somebody else has begun, or that begins here. Source: W3C
// Trace Context, recommendation of 2021, section 3.2 (`traceparent`). In: a header. Out: ids, and
// the header for the next one. Pure. Knows: http.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/id.h"
#include "http/message.h"

namespace ooe::gateway {

using TraceId = Id128<struct TraceIdTag>;
using SpanId = std::array<std::uint8_t, 8>;

[[nodiscard]] SpanId random_span_id();
// 16 lower-case hexadecimal digits.
[[nodiscard]] std::string to_hex(const SpanId& id);

struct TraceContext {
  TraceId trace = {};
  SpanId parent = {};   // who asks
  bool sampled = true;  // whether spans are wanted

  friend bool operator==(const TraceContext&, const TraceContext&) = default;
};

// Returns nothing for what is no traceparent; then, as the standard says, the trace begins anew.
[[nodiscard]] std::optional<TraceContext> parse_traceparent(std::string_view header);
[[nodiscard]] std::string format_traceparent(const TraceContext& context);

// A call to an expert, as a span.
struct CallSpan {
  SpanId id{};
  WallTime started;
  std::string model = {};     // as the expert calls it
  std::string provider = {};  // by the conventions' names: whose dialect the expert speaks
};

// The trace of one request. Off: what the client sent goes on to the expert as it is.
class RequestTrace {
 public:
  // `recording`: spans are exported, so that experts are told of ours. A request without a trace
  // then begins one.
  RequestTrace(const http::Headers& headers, bool recording);

  // Spans of this request are to be exported.
  [[nodiscard]] bool recorded() const { return recorded_; }
  [[nodiscard]] const TraceId& trace() const { return context_->trace; }
  // Nothing: the trace begins here.
  [[nodiscard]] std::optional<SpanId> parent() const { return parent_; }
  [[nodiscard]] const SpanId& root() const { return root_; }

  // What a call to an expert adds to its headers; `call`: the call's own span.
  [[nodiscard]] http::Headers headers_for(const SpanId& call) const;

 private:
  bool recorded_ = false;
  std::optional<TraceContext> context_;
  std::optional<SpanId> parent_;
  SpanId root_{};
  http::Headers as_sent_;  // the client's own, and which gateways it came through
};

}  // namespace ooe::gateway
