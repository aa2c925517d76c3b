#include "gateway/metrics.h"

#include <array>
#include <chrono>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "base/version.h"

namespace ooe::gateway {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;

double in_seconds(std::chrono::microseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

const Histogram::BucketBoundaries kDecideSeconds{1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4,
                                                 5e-4, 1e-3,   1e-2, 1e-1};
const Histogram::BucketBoundaries kAnswerSeconds{0.005, 0.01, 0.025, 0.05, 0.1,  0.25, 0.5,
                                                 1.0,   2.5,  5.0,   10.0, 30.0, 60.0, 300.0};

const Histogram::BucketBoundaries kBetweenTokensSeconds{0.001, 0.0025, 0.005, 0.01, 0.025,
                                                        0.05,  0.1,    0.25,  1.0};

// Finding a metric by its labels costs more than all that is then done with it, so what belongs to
// an expert is found once.
struct ExpertMetrics {
  Counter& chosen;
  Counter& spent;
  Counter& input;
  Counter& cached_input;
  Counter& cache_write;
  Counter& output;
  Counter& reasoning;
  Histogram& first_byte;
  Histogram& between_tokens;
  std::unordered_map<std::string, Counter*> calls = {};  // by fault
};

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
  Family<Counter>& errors = prometheus::BuildCounter()
                                .Name("ooe_errors_total")
                                .Help(
                                    "Errors that clients got instead of an answer, by status and "
                                    "code: at the door, or of a request with a receipt")
                                .Register(registry);
  Family<Counter>& reloads = prometheus::BuildCounter()
                                 .Name("ooe_reloads_total")
                                 .Help("Changes of configuration, keys or model, by result")
                                 .Register(registry);
  Family<Counter>& calls = prometheus::BuildCounter()
                               .Name("ooe_expert_calls_total")
                               .Help("Calls to experts by fault; an empty fault is an answer")
                               .Register(registry);
  Family<Counter>& decisions =
      prometheus::BuildCounter()
          .Name("ooe_decisions_total")
          .Help("Requests for a model, by the expert that was to be asked first")
          .Register(registry);
  Family<Counter>& tokens = prometheus::BuildCounter()
                                .Name("ooe_tokens_total")
                                .Help("Tokens by expert and class")
                                .Register(registry);
  Family<Counter>& spent = prometheus::BuildCounter()
                               .Name("ooe_spent_usd_total")
                               .Help("Money owed to experts, in USD")
                               .Register(registry);
  Family<Counter>& llm_predictions =
      prometheus::BuildCounter()
          .Name("ooe_llm_predictions_total")
          .Help("Questions to the LLM that predicts; all but used fell to the built-in predictor")
          .Register(registry);
  Histogram& decide = prometheus::BuildHistogram()
                          .Name("ooe_decide_seconds")
                          .Help("From the parsed request to the decision")
                          .Register(registry)
                          .Add({}, kDecideSeconds);
  Family<Histogram>& first_byte = prometheus::BuildHistogram()
                                      .Name("ooe_first_byte_seconds")
                                      .Help(
                                          "From the call of the expert that answered to the "
                                          "first byte of its answer")
                                      .Register(registry);
  Histogram& client_first_byte =
      prometheus::BuildHistogram()
          .Name("ooe_client_first_byte_seconds")
          .Help(
              "What clients waited, from the request to the first byte of its answer, "
              "experts that failed before included")
          .Register(registry)
          .Add({}, kAnswerSeconds);
  Family<Histogram>& between_tokens =
      prometheus::BuildHistogram()
          .Name("ooe_between_tokens_seconds")
          .Help("Mean pause between two tokens of a streamed answer, from its first byte on")
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
  Counter& receipts_spooled =
      prometheus::BuildCounter()
          .Name("ooe_receipts_spooled_total")
          .Help("Receipts since the start that the store did not take at once")
          .Register(registry)
          .Add({});
  Counter& receipts_lost =
      prometheus::BuildCounter()
          .Name("ooe_receipts_lost_total")
          .Help("Receipts since the start that neither store nor spool has taken")
          .Register(registry)
          .Add({});
  Counter& log_lines_lost = prometheus::BuildCounter()
                                .Name("ooe_log_lines_lost_total")
                                .Help("Lines of the log that nobody read in time")
                                .Register(registry)
                                .Add({});
  Counter& spans_dropped = prometheus::BuildCounter()
                               .Name("ooe_spans_dropped_total")
                               .Help("Spans since the start that no collector took")
                               .Register(registry)
                               .Add({});
  Gauge& receipts_queued = prometheus::BuildGauge()
                               .Name("ooe_receipts_queued")
                               .Help(
                                   "Receipts waiting for their writer, which may have a batch "
                                   "of up to 1,000 more in hand")
                               .Register(registry)
                               .Add({});
  Gauge& spool_bytes = prometheus::BuildGauge()
                           .Name("ooe_receipts_spool_bytes")
                           .Help("Bytes of receipts in the spool on disk, waiting for the store")
                           .Register(registry)
                           .Add({});

  Family<Gauge>& breakers =
      prometheus::BuildGauge()
          .Name("ooe_breaker_open")
          .Help("1 from the moment an expert is left alone for failing until it answers again")
          .Register(registry);
  Family<Gauge>& calls_max =
      prometheus::BuildGauge()
          .Name("ooe_expert_calls_max")
          .Help("Calls at a time that go to an expert; 100000 a worker until it says too many")
          .Register(registry);

  std::mutex told_mutex;  // held while text() tells: a counter takes differences
  std::mutex mutex;
  // Guarded by mutex: what was found before. A name that a client may choose is a model's or an
  // expert's, so the maps are as small as the configuration.
  std::unordered_map<std::string, ExpertMetrics> experts;
  std::unordered_map<std::string, std::array<Counter*, kEndings>> by_model;
  struct ExpertGauges {
    Gauge* breaker;
    Gauge* calls_max;
  };
  std::unordered_map<std::string, ExpertGauges> gauges_of;  // of the experts last told

  // Requires: told_mutex is held.
  static void raise(Counter& counter, std::int64_t to) {
    const double more = static_cast<double>(to) - counter.Value();
    if (more > 0.0) counter.Increment(more);
  }

  // An expert that has gone has no breaker: a 1 of its would stay for ever.
  void tell_levels(const std::vector<ExpertLevel>& levels) {
    const std::lock_guard lock(mutex);
    std::unordered_map<std::string, ExpertGauges> told;
    for (const ExpertLevel& level : levels) {
      const ExpertGauges gauges{&breakers.Add({{"expert", level.expert}}),
                                &calls_max.Add({{"expert", level.expert}})};
      gauges.breaker->Set(level.breaker_open ? 1.0 : 0.0);
      gauges.calls_max->Set(static_cast<double>(level.calls_max));
      told.emplace(level.expert, gauges);
    }
    for (const auto& [name, gauges] : gauges_of) {
      if (told.contains(name)) continue;
      breakers.Remove(gauges.breaker);
      calls_max.Remove(gauges.calls_max);
    }
    gauges_of = std::move(told);
  }

  Counter& request(const Receipt& receipt) {
    Counter*& counter = by_model[receipt.model][static_cast<std::size_t>(receipt.ending)];
    if (counter == nullptr) {
      counter = &requests.Add(
          {{"model", receipt.model}, {"ending", std::string(to_string(receipt.ending))}});
    }
    return *counter;
  }

  ExpertMetrics& expert(const std::string& name) {
    const auto known = experts.find(name);
    if (known != experts.end()) return known->second;
    const auto count = [&](const char* kind) -> Counter& {
      return tokens.Add({{"expert", name}, {"class", kind}});
    };
    return experts
        .emplace(name,
                 ExpertMetrics{.chosen = decisions.Add({{"expert", name}}),
                               .spent = spent.Add({{"expert", name}}),
                               .input = count("input"),
                               .cached_input = count("cached_input"),
                               .cache_write = count("cache_write"),
                               .output = count("output"),
                               .reasoning = count("reasoning"),
                               .first_byte = first_byte.Add({{"expert", name}}, kAnswerSeconds),
                               .between_tokens =
                                   between_tokens.Add({{"expert", name}}, kBetweenTokensSeconds)})
        .first->second;
  }

  Counter& call(ExpertMetrics& expert, const Attempt& attempt) {
    Counter*& counter = expert.calls[attempt.fault];
    if (counter == nullptr) {
      counter = &calls.Add({{"expert", attempt.expert}, {"fault", attempt.fault}});
    }
    return *counter;
  }
};

std::string_view to_string(LlmAnswer answer) {
  constexpr std::array<std::string_view, kLlmAnswers> kNames{
      "used", "resting", "late", "failed", "garbage", "no_logprobs", "client_gone"};
  return kNames[static_cast<std::size_t>(answer)];
}

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {
  prometheus::BuildGauge()
      .Name("ooe_build_info")
      .Help("1, of the version that runs")
      .Register(impl_->registry)
      .Add({{"version", std::string(kVersion)}})
      .Set(1.0);
}
Metrics::~Metrics() = default;

void Metrics::observe(const Receipt& receipt) {
  const std::lock_guard lock(impl_->mutex);
  impl_->request(receipt).Increment();
  const bool decided = !receipt.chosen.empty() && receipt.chosen != receipt.model;
  if (decided) impl_->expert(receipt.chosen).chosen.Increment();
  for (const Attempt& attempt : receipt.attempts) {
    ExpertMetrics& expert = impl_->expert(attempt.expert);
    impl_->call(expert, attempt).Increment();
    expert.spent.Increment(to_double(attempt.cost));
    const TokenCounts& tokens = attempt.tokens;
    const std::int64_t fresh = tokens.input - tokens.cached_input - tokens.cache_write;
    expert.input.Increment(static_cast<double>(fresh));
    expert.cached_input.Increment(static_cast<double>(tokens.cached_input));
    expert.cache_write.Increment(static_cast<double>(tokens.cache_write));
    expert.output.Increment(static_cast<double>(tokens.output - tokens.reasoning));
    expert.reasoning.Increment(static_cast<double>(tokens.reasoning));
  }
  impl_->decide.Observe(in_seconds(receipt.decide));
  impl_->total.Observe(in_seconds(receipt.total));
  if (receipt.answered_by.empty()) return;
  ExpertMetrics& speaker = impl_->expert(receipt.answered_by);
  const Attempt& voice = receipt.attempts.back();
  impl_->client_first_byte.Observe(in_seconds(receipt.first_byte));
  speaker.first_byte.Observe(in_seconds(first_byte_of(voice, receipt)));
  if (!receipt.streamed || receipt.ending != Ending::answered) return;
  const std::int64_t tokens = voice.tokens.output;
  if (tokens < 2) return;
  speaker.between_tokens.Observe(in_seconds(receipt.total - receipt.first_byte) /
                                 static_cast<double>(tokens - 1));
}

void Metrics::count_rejection(int status, std::string_view code) {
  impl_->rejections.Add({{"code", std::string(code)}}).Increment();
  count_error(status, code);
}

void Metrics::count_error(int status, std::string_view code) {
  impl_->errors.Add({{"code", std::string(code)}, {"status", std::to_string(status)}}).Increment();
}

void Metrics::count_reload(bool succeeded) {
  impl_->reloads.Add({{"result", succeeded ? "ok" : "failed"}}).Increment();
}

void Metrics::count_llm_prediction(LlmAnswer answer) {
  impl_->llm_predictions.Add({{"result", std::string(to_string(answer))}}).Increment();
}

std::string Metrics::text(const Levels& levels) {
  const std::lock_guard lock(impl_->told_mutex);
  impl_->in_flight.Set(static_cast<double>(levels.requests_in_flight));
  impl_->connections.Set(static_cast<double>(levels.connections));
  impl_->receipts_queued.Set(static_cast<double>(levels.receipts_queued));
  impl_->spool_bytes.Set(static_cast<double>(levels.spool_bytes));
  Impl::raise(impl_->receipts_spooled, levels.receipts_spooled);
  Impl::raise(impl_->receipts_lost, levels.receipts_lost);
  Impl::raise(impl_->spans_dropped, levels.spans_dropped);
  Impl::raise(impl_->log_lines_lost, levels.log_lines_lost);
  impl_->tell_levels(levels.experts);
  return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

http::Response metrics_response(std::string text) {
  return {200, {{"content-type", "text/plain; version=0.0.4; charset=utf-8"}}, std::move(text)};
}

}  // namespace ooe::gateway
