#include "gateway/trace.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/hash.h"
#include "base/hex.h"
#include "http/token.h"
#include "http/via.h"

namespace ooe::gateway {
namespace {

constexpr std::string_view kTraceParent = "traceparent";
constexpr std::string_view kTraceState = "tracestate";
constexpr std::size_t kTraceStateBytesMax = 512;  // the least that must be passed on (3.3.1.5)

// Capitals are no digits here (3.2.2.1).
int small_hex_digit(char c) { return is_upper(c) ? -1 : hex_digit(c); }

// Returns false unless all of `hex` are digits and not all are zero.
template <std::size_t size>
bool read_id(std::string_view hex, std::array<std::uint8_t, size>& bytes) {
  for (std::size_t i = 0; i < size; ++i) {
    const int high = small_hex_digit(hex[2 * i]);
    const int low = small_hex_digit(hex[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    bytes[i] = static_cast<std::uint8_t>(16 * high + low);
  }
  return std::ranges::any_of(bytes, [](std::uint8_t byte) { return byte != 0; });
}

// One list, however many headers it came in (3.3.1).
std::string trace_state(const http::Headers& headers) {
  std::string state;
  for (const http::Header& header : headers) {
    if (header.value.empty() || !http::equal_names(header.name, kTraceState)) continue;
    state += (state.empty() ? "" : ",") + header.value;
  }
  return state;
}

}  // namespace

SpanId random_span_id() {
  SpanId id{};
  const auto bytes = unique_bytes_128();
  std::copy_n(bytes.begin(), id.size(), id.begin());
  return id;
}

std::string to_hex(const SpanId& id) { return hex_of(id); }

std::optional<TraceContext> parse_traceparent(std::string_view header) {
  // 00-<32>-<16>-<2>; a later version may add more behind another dash.
  constexpr std::size_t kSize = 55;
  if (header.size() < kSize || header[2] != '-' || header[35] != '-' || header[52] != '-') {
    return std::nullopt;
  }
  const bool first_version = header.starts_with("00");
  if (small_hex_digit(header[0]) < 0 || small_hex_digit(header[1]) < 0 ||
      header.starts_with("ff")) {
    return std::nullopt;
  }
  if (header.size() > kSize && (first_version || header[kSize] != '-')) return std::nullopt;
  TraceContext context;
  const int flags_high = small_hex_digit(header[53]);
  const int flags_low = small_hex_digit(header[54]);
  if (flags_high < 0 || flags_low < 0 || !read_id(header.substr(3, 32), context.trace.bytes) ||
      !read_id(header.substr(36, 16), context.parent)) {
    return std::nullopt;
  }
  context.sampled = flags_low % 2 == 1;
  return context;
}

std::string format_traceparent(const TraceContext& context) {
  return "00-" + ooe::to_hex(context.trace) + "-" + to_hex(context.parent) +
         (context.sampled ? "-01" : "-00");
}

RequestTrace::RequestTrace(const http::Headers& headers, bool recording) {
  if (std::string before = http::gateways_before(headers); !before.empty()) {
    as_sent_.push_back({"via", std::move(before)});
  }
  const std::string_view sent = http::find_header(headers, kTraceParent);
  // Nearly always: nobody traces.
  if (sent.empty() && !recording) return;
  if (http::count_headers(headers, kTraceParent) == 1) context_ = parse_traceparent(sent);
  recorded_ = recording && (!context_ || context_->sampled);
  if (context_) {
    parent_ = context_->parent;
    // Written anew: behind what we understand of a later version may stand any text, which nobody
    // has looked at for personal data.
    if (!recorded_) {
      as_sent_.push_back({std::string(kTraceParent), format_traceparent(*context_)});
    }
    std::string state = trace_state(headers);
    if (!state.empty() && state.size() <= kTraceStateBytesMax) {
      as_sent_.push_back({std::string(kTraceState), std::move(state)});
    }
  }
  if (!recorded_) return;
  if (!context_) context_ = TraceContext{.trace = {unique_bytes_128()}};
  root_ = random_span_id();
}

http::Headers RequestTrace::headers_for(const SpanId& call) const {
  http::Headers headers = as_sent_;
  if (recorded_) {
    headers.push_back({std::string(kTraceParent), format_traceparent({context_->trace, call})});
  }
  return headers;
}

}  // namespace ooe::gateway
