#include "gateway/span_exporter.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/bounded_queue.h"
#include "base/log.h"
#include "base/parse_number.h"
#include "http/client.h"
#include "http/loop.h"

namespace ooe::gateway {
namespace {

using nlohmann::ordered_json;

enum class SpanKind { server = 2, client = 3 };
constexpr int kStatusError = 2;

// 64-bit integers are strings in this encoding.
std::string nanoseconds_of(WallTime time) {
  return std::to_string(
      std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count());
}

class Attributes {
 public:
  void text(const char* name, std::string_view value) {
    if (!value.empty()) add(name, {{"stringValue", value}});
  }
  void number(const char* name, std::int64_t value) {
    add(name, {{"intValue", std::to_string(value)}});
  }
  void real(const char* name, double value) { add(name, {{"doubleValue", value}}); }
  void flag(const char* name, bool value) { add(name, {{"boolValue", value}}); }
  [[nodiscard]] ordered_json take() { return std::move(list_); }

 private:
  void add(const char* name, ordered_json value) {
    list_.push_back({{"key", name}, {"value", std::move(value)}});
  }
  ordered_json list_ = ordered_json::array();
};

ordered_json span_json(const TraceId& trace, const SpanId& id, const std::optional<SpanId>& parent,
                       std::string name, SpanKind kind) {
  ordered_json span{{"traceId", ooe::to_hex(trace)}, {"spanId", to_hex(id)}};
  if (parent) span["parentSpanId"] = to_hex(*parent);
  span["name"] = std::move(name);
  span["kind"] = static_cast<int>(kind);
  return span;
}

void add_tokens(Attributes& attributes, const TokenCounts& tokens) {
  attributes.number("gen_ai.usage.input_tokens", tokens.input);
  attributes.number("gen_ai.usage.output_tokens", tokens.output);
  if (tokens.cached_input > 0) {
    attributes.number("gen_ai.usage.cache_read.input_tokens", tokens.cached_input);
  }
  if (tokens.cache_write > 0) {
    attributes.number("gen_ai.usage.cache_creation.input_tokens", tokens.cache_write);
  }
  if (tokens.reasoning > 0) {
    attributes.number("gen_ai.usage.reasoning.output_tokens", tokens.reasoning);
  }
}

ordered_json request_span(const FinishedRequest& request) {
  const Receipt& receipt = request.receipt;
  ordered_json span = span_json(request.trace, request.root, request.parent,
                                "chat " + receipt.model, SpanKind::server);
  span["startTimeUnixNano"] = nanoseconds_of(receipt.received);
  span["endTimeUnixNano"] = nanoseconds_of(receipt.received + receipt.total);
  Attributes attributes;
  attributes.text("gen_ai.operation.name", "chat");
  attributes.text("gen_ai.request.model", receipt.model);
  attributes.text("gen_ai.response.model", receipt.answered_by);
  TokenCounts all;
  for (const Attempt& attempt : receipt.attempts) {
    all.input += attempt.tokens.input;
    all.cached_input += attempt.tokens.cached_input;
    all.cache_write += attempt.tokens.cache_write;
    all.output += attempt.tokens.output;
    all.reasoning += attempt.tokens.reasoning;
  }
  add_tokens(attributes, all);
  attributes.text("ooe.receipt", ooe::to_hex(receipt.id));
  attributes.text("ooe.chosen", receipt.chosen);
  attributes.text("ooe.ending", to_string(receipt.ending));
  attributes.text("ooe.privacy", to_string(receipt.privacy));
  attributes.text("ooe.key", receipt.key);
  attributes.flag("ooe.streamed", receipt.streamed);
  attributes.real("ooe.cost_usd", to_double(receipt.cost));
  attributes.real("ooe.decide_seconds", std::chrono::duration<double>(receipt.decide).count());
  const bool failed = receipt.ending != Ending::answered;
  if (failed) attributes.text("error.type", to_string(receipt.ending));
  span["attributes"] = attributes.take();
  if (failed) span["status"] = {{"code", kStatusError}, {"message", to_string(receipt.ending)}};
  return span;
}

ordered_json call_span(const FinishedRequest& request, std::size_t index) {
  const Attempt& attempt = request.receipt.attempts[index];
  const CallSpan& call = request.calls[index];
  ordered_json span =
      span_json(request.trace, call.id, request.root, "chat " + attempt.expert, SpanKind::client);
  span["startTimeUnixNano"] = nanoseconds_of(call.started);
  span["endTimeUnixNano"] = nanoseconds_of(call.started + attempt.duration);
  Attributes attributes;
  attributes.text("gen_ai.operation.name", "chat");
  attributes.text("gen_ai.provider.name", call.provider);
  attributes.text("gen_ai.request.model", call.model);
  attributes.text("ooe.expert", attempt.expert);
  add_tokens(attributes, attempt.tokens);
  attributes.flag("ooe.tokens_estimated", attempt.tokens.estimated);
  attributes.real("ooe.cost_usd", to_double(attempt.cost));
  attributes.text("error.type", attempt.fault);
  span["attributes"] = attributes.take();
  if (!attempt.fault.empty()) {
    span["status"] = {{"code", kStatusError}, {"message", attempt.fault}};
  }
  return span;
}

constexpr std::size_t kCollectorAnswerMax = std::size_t{64} << 10U;  // of a collector's words

std::size_t calls_of(const FinishedRequest& request) {
  return std::min(request.calls.size(), request.receipt.attempts.size());
}

// Its own, and one a call.
std::int64_t spans_of(const FinishedRequest& request) {
  return 1 + static_cast<std::int64_t>(calls_of(request));
}

}  // namespace

// This JSON writes an int64 as a string, which not every collector knows.
std::int64_t rejected_spans(std::string_view answer) {
  const auto json = nlohmann::json::parse(answer, nullptr, false);
  if (!json.is_object()) return 0;
  const auto partial = json.find("partialSuccess");
  if (partial == json.end() || !partial->is_object()) return 0;
  const auto rejected = partial->find("rejectedSpans");
  if (rejected == partial->end()) return 0;
  std::int64_t count = 0;
  if (rejected->is_number_integer()) {
    count = rejected->get<std::int64_t>();
  } else if (rejected->is_string()) {
    count = parse_number<std::int64_t>(rejected->get_ref<const std::string&>()).value_or(0);
  }
  return std::max<std::int64_t>(count, 0);
}

std::string otlp_json(std::span<const FinishedRequest> requests) {
  ordered_json spans = ordered_json::array();
  for (const FinishedRequest& request : requests) {
    spans.push_back(request_span(request));
    for (std::size_t i = 0; i < calls_of(request); ++i) spans.push_back(call_span(request, i));
  }
  Attributes resource;
  resource.text("service.name", "ooe");
  const ordered_json body{
      {"resourceSpans",
       {{{"resource", {{"attributes", resource.take()}}},
         {"scopeSpans", {{{"scope", {{"name", "ooe.gateway"}}}, {"spans", std::move(spans)}}}}}}}};
  // A model's name is a client's word: never throw over its bytes.
  return body.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

struct SpanExporter::Impl {
  Impl(SpanExporterOptions with_options, http::Url with_url)
      : options(std::move(with_options)),
        url(std::move(with_url)),
        queue(options.queue_max),
        client(loop, {.idle_connections_max = 0, .ca_file = options.ca_file}) {}

  void run();
  // Returns how many spans were rejected; nothing where none was taken.
  [[nodiscard]] std::optional<std::int64_t> post(std::string body);

  const SpanExporterOptions options;
  const http::Url url;
  BoundedQueue<FinishedRequest> queue;
  std::atomic<std::int64_t> dropped{0};
  std::atomic<bool> ending{false};
  bool well = true;            // the thread's own: trouble is told once
  bool told_rejected = false;  // likewise
  // The thread's own, and made before there may be too many descriptors.
  http::Loop loop;
  http::Client client;
  std::thread thread;
};

void SpanExporter::Impl::run() {
  while (!queue.closed_and_empty()) {
    const auto batch = queue.pop_batch(options.batch_max, options.interval);
    if (batch.empty()) continue;
    const auto rejected = post(otlp_json(batch));
    const bool taken = rejected.has_value();
    for (const FinishedRequest& request : batch) dropped += taken ? 0 : spans_of(request);
    dropped += rejected.value_or(0);
    if (rejected.value_or(0) > 0 && !std::exchange(told_rejected, true)) {
      spdlog::warn("{} rejects spans: {} of the last requests'", options.endpoint, *rejected);
    }
    if (taken != std::exchange(well, taken)) {
      if (taken) {
        spdlog::info("spans go to {} again", options.endpoint);
      } else {
        spdlog::warn("spans are dropped: {} does not take them", options.endpoint);
      }
    }
    if (ending && !taken) break;  // nobody waits long for a collector that is gone
    // Few large batches instead of many small ones.
    if (!ending && batch.size() < options.batch_max) {
      std::this_thread::sleep_for(std::min(options.interval, std::chrono::milliseconds(200)));
    }
  }
}

// One POST, waited for. Once it is taken, the collector's words are waited for too, but they might
// never end.
std::optional<std::int64_t> SpanExporter::Impl::post(std::string body) {
  bool taken = false;
  std::string answer;
  http::Timer words(loop);
  http::CallHandlers handlers;
  handlers.on_head = [&](int status, const http::Headers&) {
    taken = status / 100 == 2;
    if (!taken) return loop.stop();
    words.arm(options.words, [&] { loop.stop(); });
  };
  handlers.on_body = [&](std::string_view bytes) {
    answer += bytes;
    if (answer.size() > kCollectorAnswerMax) loop.stop();
  };
  handlers.on_end = [&] { loop.stop(); };
  handlers.on_fault = [&](http::Fault, const std::string&) { loop.stop(); };
  const auto call = client.start({.url = url,
                                  .headers = {{"content-type", "application/json"}},
                                  .body = std::move(body),
                                  .connect_timeout = options.timeout,
                                  .head_timeout = options.timeout,
                                  .stall_timeout = options.timeout},
                                 std::move(handlers));
  loop.run();
  if (!taken) return std::nullopt;
  return rejected_spans(answer);
}

Result<std::unique_ptr<SpanExporter>> SpanExporter::start(SpanExporterOptions options) {
  auto url = http::parse_url(options.endpoint);
  if (!url) return fail(url.error());
  auto impl = std::make_unique<Impl>(std::move(options), std::move(*url));
  impl->thread = std::thread([raw = impl.get()] { raw->run(); });
  return std::unique_ptr<SpanExporter>(new SpanExporter(std::move(impl)));
}

SpanExporter::SpanExporter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

SpanExporter::~SpanExporter() {
  impl_->ending = true;
  impl_->queue.close();
  impl_->thread.join();
}

void SpanExporter::offer(FinishedRequest request) {
  const std::int64_t spans = spans_of(request);
  if (!impl_->queue.try_push(std::move(request))) impl_->dropped += spans;
}

std::int64_t SpanExporter::dropped() const { return impl_->dropped; }

}  // namespace ooe::gateway
