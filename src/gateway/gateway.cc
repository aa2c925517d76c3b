#include "gateway/gateway.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "base/log.h"
#include "gateway/chat_request.h"
#include "gateway/decision_json.h"
#include "gateway/http_error.h"
#include "gateway/live_chat.h"
#include "gateway/metrics.h"
#include "policy/decide.h"

namespace ooe::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kRetryLater{1};
constexpr seconds kShutDownPatience{5};  // for requests that have been told to break off

enum class To { chat, decision, models, alive, ready, metrics, nowhere_yet };
struct Route {
  std::string_view path;
  std::string_view methods;  // as the Allow header says it
  To to;
};
constexpr std::string_view kPost = "POST";
constexpr std::string_view kGet = "GET, HEAD";
constexpr std::array<Route, 8> kRoutes{{{"/v1/chat/completions", kPost, To::chat},
                                        {"/v1/orchestrate", kPost, To::decision},
                                        {"/v1/models", kGet, To::models},
                                        {"/healthz", kGet, To::alive},
                                        {"/readyz", kGet, To::ready},
                                        {"/metrics", kGet, To::metrics},
                                        {"/v1/embeddings", kPost, To::nowhere_yet},
                                        {"/v1/feedback", kPost, To::nowhere_yet}}};

bool takes(const Route& route, std::string_view method) {
  return method == "POST" ? route.methods == kPost
                          : route.methods == kGet && (method == "GET" || method == "HEAD");
}

// Why a request is turned away, before anything is decided.
struct Refusal {
  int status = 400;
  std::string code;
  std::string message;
};

bool is_loopback(const std::string& host) {
  return host == "127.0.0.1" || host == "::1" || host == "localhost";
}

http::Response json_response(int status, std::string body) {
  http::Response response;
  response.status = status;
  response.headers.push_back({"content-type", "application/json"});
  response.body = std::move(body);
  return response;
}

std::string models_json(const orchestrator::Orchestrator& orchestrator) {
  nlohmann::ordered_json data = nlohmann::ordered_json::array();
  const auto add = [&](const std::string& id, std::string_view owner) {
    data.push_back({{"id", id}, {"object", "model"}, {"created", 0}, {"owned_by", owner}});
  };
  for (const auto& model : orchestrator.models()) add(model.name, "ooe");
  for (const Expert& expert : orchestrator.experts()) add(expert.name, "expert");
  return nlohmann::ordered_json{{"object", "list"}, {"data", data}}.dump();
}

Query query_of(const ChatRequest& request, PrivacyClass privacy) {
  Query query;
  query.text = request.last_user_text;
  query.id = query_id(query.text);
  query.prompt_tokens = static_cast<std::int64_t>(request.prompt_bytes / 4) + 1;
  query.output_tokens_max = request.output_tokens_max;
  query.privacy = privacy;
  query.needs = request.needs;
  return query;
}

// Whoever sends a limit means it: one that cannot be read is an error, not "no limit".
Result<std::optional<Usd>> read_cost_max(const http::Headers& headers) {
  constexpr std::string_view kName = "x-ooe-max-cost-usd";
  const std::size_t count = http::count_headers(headers, kName);
  if (count == 0) return std::nullopt;
  if (count > 1) return fail(ErrorCode::invalid_argument, "{} is given {} times", kName, count);
  const auto cost = parse_usd(http::find_header(headers, kName));
  if (!cost) return fail(ErrorCode::invalid_argument, "{}: {}", kName, cost.error().message);
  return *cost;
}

}  // namespace

// One per core. Everything in it belongs to its loop's thread.
struct Worker {
  Worker(std::shared_ptr<const experts::Endpoints> endpoints, std::size_t n_experts)
      : client(loop, std::move(endpoints)), breakers(n_experts) {}

  http::Loop loop;
  experts::HttpChatClient client;
  std::vector<experts::Breaker> breakers;
  orchestrator::Orchestrator::Scratch scratch;
  ChatRequestParser parser;
  std::unordered_map<LiveChat*, std::shared_ptr<LiveChat>> chats;
  std::thread thread;
};

struct Gateway::Impl {
  GatewayOptions options;
  std::shared_ptr<const orchestrator::Orchestrator> orchestrator;
  const Clock& clock;
  store::ReceiptWriter& receipts;
  Metrics metrics;
  ExpertHealth health;
  std::vector<std::unique_ptr<Worker>> workers;
  std::unique_ptr<http::Server> server;

  std::atomic<std::size_t> in_flight{0};
  std::atomic<bool> closing{false};
  bool stopped = false;

  Impl(GatewayOptions options_, std::shared_ptr<const orchestrator::Orchestrator> orchestrator_,
       const Clock& clock_, store::ReceiptWriter& receipts_)
      : options(std::move(options_)),
        orchestrator(std::move(orchestrator_)),
        clock(clock_),
        receipts(receipts_),
        health(orchestrator->experts().size()) {}

  void serve(Worker& worker, std::shared_ptr<http::Exchange> exchange);
  void chat(Worker& worker, std::shared_ptr<http::Exchange> exchange);
  void decide_only(Worker& worker, http::Exchange& exchange);
  void reject(http::Exchange& exchange, const Refusal& refusal,
              std::optional<seconds> retry_after = std::nullopt);
  http::Response readiness() const;
  std::optional<Refusal> turned_away(std::size_t running) const;
  Result<orchestrator::SessionSpec> spec_of(const ChatRequest& request,
                                            const http::Headers& headers, Refusal& refusal) const;
  void file(const Receipt& receipt);
  Levels levels() const;
  void stop(milliseconds patience);
};

void Gateway::Impl::serve(Worker& worker, std::shared_ptr<http::Exchange> exchange) {
  const http::Request& request = exchange->request();
  const std::string_view path =
      std::string_view(request.target).substr(0, request.target.find('?'));
  const auto route = std::ranges::find(kRoutes, path, &Route::path);
  if (route == kRoutes.end()) {
    reject(*exchange,
           {404, "unknown_route", "there is nothing here; the API starts at /v1/chat/completions"});
    return;
  }
  if (!takes(*route, request.method)) {
    auto refusal = error_response(405, "method_not_allowed",
                                  fmt::format("{} does not take {}; use {}", path,
                                              request.method.substr(0, 16), route->methods));
    refusal.headers.push_back({"allow", std::string(route->methods)});
    metrics.count_rejection("method_not_allowed");
    exchange->send(std::move(refusal));
    return;
  }
  switch (route->to) {
    case To::chat:
      return chat(worker, std::move(exchange));
    case To::decision:
      return decide_only(worker, *exchange);
    case To::models:
      return exchange->send(json_response(200, models_json(*orchestrator)));
    case To::alive:
      return exchange->send(json_response(200, R"({"status":"ok"})"));
    case To::ready:
      return exchange->send(readiness());
    case To::metrics:
      return exchange->send({200,
                             {{"content-type", "text/plain; version=0.0.4; charset=utf-8"}},
                             metrics.text(levels())});
    case To::nowhere_yet:
      return reject(*exchange,
                    {501, "not_implemented", fmt::format("{} is not offered yet", path)});
  }
}

// Would a request be taken now, and could any expert answer it? What gets no request does not heal
// by probes, so "all experts out" lasts only as long as their breakers say.
http::Response Gateway::Impl::readiness() const {
  if (const auto why = turned_away(in_flight)) return error_response(503, why->code, why->message);
  if (!health.any_well(clock.now())) {
    return error_response(503, "experts_out",
                          "every expert has failed of late and is left alone for a while");
  }
  return json_response(200, R"({"status":"ready"})");
}

// Full or closing means an answer now, never a slow queue.
std::optional<Refusal> Gateway::Impl::turned_away(std::size_t running) const {
  if (closing) return Refusal{503, "shutting_down", "the gateway is shutting down; try again"};
  if (running >= options.requests_max) {
    return Refusal{503, "overloaded",
                   fmt::format("{} requests are being answered; try again", options.requests_max)};
  }
  // A running request has its place in the queue reserved, so that it can always file its receipt.
  if (receipts.waiting() + running >= receipts.queue_max()) {
    return Refusal{503, "receipts_unavailable", "receipts cannot be stored fast enough; try again"};
  }
  return std::nullopt;
}

void Gateway::Impl::reject(http::Exchange& exchange, const Refusal& refusal,
                           std::optional<seconds> retry_after) {
  metrics.count_rejection(refusal.code);
  exchange.send(error_response(refusal.status, refusal.code, refusal.message, retry_after));
}

// Everything the session must know; on an error `refusal` says what to tell the client.
Result<orchestrator::SessionSpec> Gateway::Impl::spec_of(const ChatRequest& request,
                                                         const http::Headers& headers,
                                                         Refusal& refusal) const {
  const auto refuse = [&](int status, std::string_view code, std::string message) {
    refusal = {status, std::string(code), std::move(message)};
    return fail(ErrorCode::invalid_argument, "{}", refusal.message);
  };
  orchestrator::SessionSpec spec;
  spec.receipt_id = {random_bytes_128()};
  spec.query = query_of(request, privacy_of(headers, options.privacy));
  spec.model = request.model;
  spec.streamed = request.stream;
  spec.limits = options.session;
  spec.decide.plan_size_max = 1 + options.fallbacks_max;
  if (http::count_headers(headers, "x-ooe-goal") > 0) {
    return refuse(501, "not_implemented",
                  "x-ooe-goal is not offered yet; state the goal in the model's configuration");
  }
  auto cost_max = read_cost_max(headers);
  if (!cost_max) return refuse(400, "invalid_header", cost_max.error().message);
  spec.decide.cost_max = *cost_max;
  if (const auto* model = orchestrator->find_model(request.model)) {
    spec.tradeoff = model->calibrated.tradeoff;
    return spec;
  }
  spec.decide.pinned = orchestrator->find_expert(request.model);
  if (!spec.decide.pinned) {
    return refuse(404, "model_not_found",
                  fmt::format("there is no model '{}'; GET /v1/models lists them",
                              request.model.substr(0, 100)));
  }
  return spec;
}

void Gateway::Impl::chat(Worker& worker, std::shared_ptr<http::Exchange> exchange) {
  // Counted first, checked after: two workers cannot both take the last place.
  const auto refusal_now = turned_away(in_flight.fetch_add(1));
  const auto leave = [this] { --in_flight; };
  if (refusal_now) {
    leave();
    reject(*exchange, *refusal_now, kRetryLater);
    return;
  }
  auto request = worker.parser.parse(exchange->request().body);
  if (!request) {
    leave();
    reject(*exchange, {400, "invalid_request", request.error().message});
    return;
  }
  Refusal refusal;
  auto spec = spec_of(*request, exchange->request().headers, refusal);
  if (!spec) {
    leave();
    reject(*exchange, refusal);
    return;
  }
  ChatTools tools{.loop = worker.loop,
                  .clock = clock,
                  .client = worker.client,
                  .breakers = worker.breakers,
                  .health = health,
                  .scratch = worker.scratch,
                  .deadlines = options.experts};
  const auto chat = std::make_shared<LiveChat>(
      tools, orchestrator, std::move(exchange), std::move(*request), std::move(*spec),
      [this, &worker, leave](LiveChat& ended, const Receipt& receipt) {
        file(receipt);
        worker.chats.erase(&ended);
        leave();
      });
  worker.chats.emplace(chat.get(), chat);
  chat->start();
}

void Gateway::Impl::decide_only(Worker& worker, http::Exchange& exchange) {
  const auto request = worker.parser.parse(exchange.request().body);
  if (!request) {
    reject(exchange, {400, "invalid_request", request.error().message});
    return;
  }
  Refusal refusal;
  auto spec = spec_of(*request, exchange.request().headers, refusal);
  if (!spec) {
    reject(exchange, refusal);
    return;
  }
  const auto experts = orchestrator->experts();
  std::vector<Prediction> predictions(experts.size());
  orchestrator->predict(spec->query.text, spec->query.prompt_tokens, worker.scratch, predictions);
  const Decision decision =
      policy::decide(predictions, experts, spec->query, spec->tradeoff, spec->decide);
  exchange.send(json_response(
      200, decision_json(request->model, spec->query, experts, predictions, decision)));
}

void Gateway::Impl::file(const Receipt& receipt) {
  metrics.observe(receipt);
  // Never expected: every running request has its place in the queue reserved.
  if (!receipts.try_push(Receipt(receipt))) {
    spdlog::error("receipt {} could not be filed: the queue is full", to_hex(receipt.id));
  }
}

Levels Gateway::Impl::levels() const {
  return {.requests_in_flight = in_flight,
          .connections = server->connections(),
          .receipts_queued = receipts.waiting()};
}

void Gateway::Impl::stop(milliseconds patience) {
  if (std::exchange(stopped, true)) return;
  closing = true;
  if (server) server->drain();
  const auto wait_until_idle = [this](TimePoint until) {
    while (in_flight > 0 && clock.now() < until) std::this_thread::sleep_for(milliseconds(5));
  };
  wait_until_idle(clock.now() + patience);
  for (const auto& worker : workers) {
    worker->loop.post([raw = worker.get()] {
      const auto running = raw->chats;  // a copy: shutting one down erases it
      for (const auto& [_, chat] : running) chat->shut_down();
    });
  }
  wait_until_idle(clock.now() + kShutDownPatience);
  // A receipt is filed before the last bytes of its answer have left.
  const TimePoint until = clock.now() + kShutDownPatience;
  while (server && server->connections() > 0 && clock.now() < until) {
    std::this_thread::sleep_for(milliseconds(5));
  }
  if (server) server->close_now();
  for (const auto& worker : workers) worker->loop.stop();
  for (const auto& worker : workers) {
    if (worker->thread.joinable()) worker->thread.join();
  }
}

Result<std::unique_ptr<Gateway>> Gateway::start(
    GatewayOptions options, std::shared_ptr<const orchestrator::Orchestrator> orchestrator,
    std::shared_ptr<const experts::Endpoints> endpoints, const Clock& clock,
    store::ReceiptWriter& receipts) {
  const auto address = http::parse_listen_address(options.server.listen);
  if (!address) return fail(address.error());
  if (!is_loopback(address->host) && !options.open_to_network) {
    return fail(ErrorCode::permission_denied,
                "listening on {} would let everybody who reaches this machine spend your money, "
                "since there are no keys yet; listen on 127.0.0.1, or set [server] "
                "open_to_network = true when something in front checks who calls",
                options.server.listen);
  }
  auto impl = std::make_unique<Impl>(std::move(options), std::move(orchestrator), clock, receipts);
  std::size_t count = impl->options.workers;
  if (count == 0) count = std::max(1U, std::thread::hardware_concurrency());
  std::vector<http::Loop*> loops;
  for (std::size_t i = 0; i < count; ++i) {
    impl->workers.push_back(
        std::make_unique<Worker>(endpoints, impl->orchestrator->experts().size()));
    loops.push_back(&impl->workers.back()->loop);
  }
  auto server = http::Server::start(
      loops, impl->options.server,
      [raw = impl.get()](std::size_t loop, std::shared_ptr<http::Exchange> exchange) {
        raw->serve(*raw->workers[loop], std::move(exchange));
      });
  if (!server) return fail(server.error());
  impl->server = std::move(*server);
  for (const auto& worker : impl->workers) {
    worker->thread = std::thread([raw = worker.get()] { raw->loop.run(); });
  }
  return std::unique_ptr<Gateway>(new Gateway(std::move(impl)));
}

Gateway::Gateway(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Gateway::~Gateway() { stop(milliseconds(0)); }

std::uint16_t Gateway::port() const { return impl_->server->port(); }

void Gateway::stop(milliseconds patience) { impl_->stop(patience); }

}  // namespace ooe::gateway
