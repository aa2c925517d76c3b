#include "gateway/metrics.h"

#include <chrono>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace ooe::gateway {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;

double seconds(std::chrono::microseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

const Histogram::BucketBoundaries kDecideSeconds{1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4,
                                                 5e-4, 1e-3,   1e-2, 1e-1};
const Histogram::BucketBoundaries kAnswerSeconds{0.005, 0.01, 0.025, 0.05, 0.1,  0.25, 0.5,
                                                 1.0,   2.5,  5.0,   10.0, 30.0, 60.0, 300.0};

}  // namespace

struct Metrics::Impl {
  prometheus::Registry registry;
  Family<Counter>& requests = prometheus::BuildCounter()
                                  .Name("ooe_requests_total")
                                  .Help("Requests by the model asked for and how they ended")
                                  .Register(registry);
  Family<Counter>& rejections = prometheus::BuildCounter()
                                    .Name("ooe_rejections_total")
                                    .Help("Requests turned away at the door, by error code")
                                    .Register(registry);
  Family<Counter>& reloads = prometheus::BuildCounter()
                                 .Name("ooe_reloads_total")
                                 .Help("Changes of configuration, keys or model, by result")
                                 .Register(registry);
  Family<Counter>& calls = prometheus::BuildCounter()
                               .Name("ooe_expert_calls_total")
                               .Help("Calls to experts by fault; an empty fault is an answer")
                               .Register(registry);
  Family<Counter>& tokens = prometheus::BuildCounter()
                                .Name("ooe_tokens_total")
                                .Help("Tokens by expert and class")
                                .Register(registry);
  Family<Counter>& spent = prometheus::BuildCounter()
                               .Name("ooe_spent_usd_total")
                               .Help("Money owed to experts, in USD")
                               .Register(registry);
  Histogram& decide = prometheus::BuildHistogram()
                          .Name("ooe_decide_seconds")
                          .Help("From the parsed request to the decision")
                          .Register(registry)
                          .Add({}, kDecideSeconds);
  Family<Histogram>& first_byte = prometheus::BuildHistogram()
                                      .Name("ooe_first_byte_seconds")
                                      .Help("From the request to the first byte of its answer")
                                      .Register(registry);
  Histogram& total = prometheus::BuildHistogram()
                         .Name("ooe_request_seconds")
                         .Help("From the request to its end")
                         .Register(registry)
                         .Add({}, kAnswerSeconds);
  Gauge& in_flight = prometheus::BuildGauge()
                         .Name("ooe_requests_in_flight")
                         .Help("Requests being answered")
                         .Register(registry)
                         .Add({});
  Gauge& connections = prometheus::BuildGauge()
                           .Name("ooe_connections")
                           .Help("Open client connections")
                           .Register(registry)
                           .Add({});
  Gauge& receipts_spooled =
      prometheus::BuildGauge()
          .Name("ooe_receipts_spooled")
          .Help("Receipts since the start that the store did not take at once")
          .Register(registry)
          .Add({});
  Gauge& receipts_lost =
      prometheus::BuildGauge()
          .Name("ooe_receipts_lost")
          .Help("Receipts since the start that neither store nor spool has taken")
          .Register(registry)
          .Add({});
  Gauge& receipts_queued = prometheus::BuildGauge()
                               .Name("ooe_receipts_queued")
                               .Help("Receipts not yet in the store")
                               .Register(registry)
                               .Add({});
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

void Metrics::observe(const Receipt& receipt) {
  impl_->requests
      .Add({{"model", receipt.model}, {"ending", std::string(to_string(receipt.ending))}})
      .Increment();
  for (const Attempt& attempt : receipt.attempts) {
    impl_->calls.Add({{"expert", attempt.expert}, {"fault", attempt.fault}}).Increment();
    impl_->spent.Add({{"expert", attempt.expert}}).Increment(to_double(attempt.cost));
    const auto count = [&](const char* kind, std::int64_t tokens) {
      impl_->tokens.Add({{"expert", attempt.expert}, {"class", kind}})
          .Increment(static_cast<double>(tokens));
    };
    count("input", attempt.tokens.input - attempt.tokens.cached_input);
    count("cached_input", attempt.tokens.cached_input);
    count("output", attempt.tokens.output);
  }
  impl_->decide.Observe(seconds(receipt.decide));
  impl_->total.Observe(seconds(receipt.total));
  if (!receipt.answered_by.empty()) {
    impl_->first_byte.Add({{"expert", receipt.answered_by}}, kAnswerSeconds)
        .Observe(seconds(receipt.first_byte));
  }
}

void Metrics::count_rejection(std::string_view code) {
  impl_->rejections.Add({{"code", std::string(code)}}).Increment();
}

void Metrics::count_reload(bool succeeded) {
  impl_->reloads.Add({{"result", succeeded ? "ok" : "failed"}}).Increment();
}

std::string Metrics::text(const Levels& levels) {
  impl_->in_flight.Set(static_cast<double>(levels.requests_in_flight));
  impl_->connections.Set(static_cast<double>(levels.connections));
  impl_->receipts_queued.Set(static_cast<double>(levels.receipts_queued));
  impl_->receipts_spooled.Set(static_cast<double>(levels.receipts_spooled));
  impl_->receipts_lost.Set(static_cast<double>(levels.receipts_lost));
  return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

}  // namespace ooe::gateway
