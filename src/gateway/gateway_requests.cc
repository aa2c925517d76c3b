// What the gateway does with one request: finds its route and its caller, gives it a place or says
// why not, and carries out what is asked. gateway.cc has the gateway's own life.
#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/log.h"
#include "gateway/decision_json.h"
#include "gateway/gateway_impl.h"
#include "gateway/http_error.h"
#include "gateway/model_list.h"
#include "gateway/origin.h"
#include "gateway/routes.h"
#include "gateway/standing.h"
#include "gateway/understood.h"
#include "http/via.h"
#include "policy/decide.h"
#include "policy/explain.h"

namespace ooe::gateway {
namespace {

// One line a request, for who looks at log_level = "debug". Nothing of the request's words.
void tell(const LiveChat& ended, const Receipt& receipt) {
  if (!spdlog::should_log(spdlog::level::debug)) return;
  spdlog::debug("request {}: model {}, {} {}{}{}, by {} in {} calls, {:.1f} ms", to_hex(receipt.id),
                receipt.model, to_string(receipt.ending), ended.answer_status(),
                ended.error_code().empty() ? "" : " ", ended.error_code(),
                receipt.answered_by.empty() ? "nobody" : receipt.answered_by,
                receipt.attempts.size(),
                std::chrono::duration<double, std::milli>(receipt.total).count());
}

std::int64_t tokens_of(const Receipt& receipt) {
  std::int64_t tokens = 0;
  for (const Attempt& attempt : receipt.attempts) {
    tokens += attempt.tokens.input + attempt.tokens.output;
  }
  return tokens;
}

// Beside those that errors may name, whom a chat's `x-ooe-expert` names anyway.
std::vector<bool> shown_in_decision(const orchestrator::SessionSpec& spec,
                                    const Decision& decision) {
  std::vector<bool> shown = spec.shown;
  if (shown.empty()) return shown;
  if (!decision.plan.empty()) shown[decision.plan.front().index()] = true;
  if (spec.decide.incumbent) shown[spec.decide.incumbent->expert.index()] = true;
  return shown;
}

// Under a budget nobody is asked whose cost is unknown, or predicted to be more than is left.
void keep_within(const std::optional<BudgetLeft>& budget, orchestrator::SessionSpec& spec) {
  if (!budget) return;
  policy::DecideOptions& decide = spec.decide;
  spec.budget = {*budget, decide.cost_max};
  decide.cost_max_is_budget = !decide.cost_max || budget->left < *decide.cost_max;
  decide.cost_max = std::min(decide.cost_max.value_or(budget->left), budget->left);
}

Refusal refusal_of(const Denied& denied) {
  return {.status = 429,
          .code = denied.code,
          .message = denied.message,
          .retry_after = denied.retry_after};
}

}  // namespace

void Gateway::Impl::serve(Worker& worker, std::shared_ptr<http::Exchange> exchange) {
  const http::Request& request = exchange->request();
  const std::string_view path =
      std::string_view(request.target).substr(0, request.target.find('?'));
  const Route* const route = find_route(path);
  if (route == nullptr) {
    reject(*exchange,
           {404, "unknown_route", "there is nothing here; the API starts at /v1/chat/completions"});
    return;
  }
  if (!takes(*route, request.method)) {
    reject(*exchange, {.status = 405,
                       .code = "method_not_allowed",
                       .message = fmt::format("{} does not take {}; use {}", path,
                                              request.method.substr(0, 16), route->methods),
                       .headers = {{"allow", std::string(route->methods)}}});
    return;
  }
  Caller caller;
  if (route->needs_key) {
    const auto admitted = admit(worker, request);
    if (!admitted) return reject(*exchange, admitted.error());
    caller = *admitted;
  }
  if (route->shows_everybody && caller.key != nullptr && !caller.key->models.empty()) {
    return reject(*exchange,
                  {403, "limited_key",
                   fmt::format("this key is limited to models, and {} shows all of them; ask with "
                               "a key that is not, or at the administrator's address",
                               path)});
  }
  switch (route->to) {
    case To::chat:
      return chat(worker, caller, exchange);
    case To::decision:
      return decide_only(worker, caller, *exchange);
    case To::models:
      return exchange->send(json_response(
          200, models_json(*worker.share->in_force->serving.orchestrator, caller.key)));
    case To::model:
      return show_model(worker, caller, path.substr(kModelPath.size()), *exchange);
    case To::alive:
      return exchange->send(json_response(200, R"({"status":"ok"})"));
    case To::ready:
      return exchange->send(readiness(worker));
    case To::metrics:
      return exchange->send(metrics_response(metrics.text(levels(*worker.share->in_force))));
    case To::nowhere_yet:
      return reject(*exchange,
                    {501, "not_implemented", fmt::format("{} is not offered yet", path)});
  }
}

// Whoever asks without a key may be a web page that the owner only looks at.
tl::expected<Caller, Refusal> Gateway::Impl::admit(const Worker& worker,
                                                   const http::Request& request) const {
  auto caller = worker.share->in_force->caller(request.headers);
  if (!caller || caller->key != nullptr) return caller;
  if (comes_from_another_page(request.headers, options.open_to_network)) {
    return refuse(403, "foreign_origin",
                  "a web page of another origin asks, and clients need no key here; add the table "
                  "[keys]");
  }
  if (!options.open_to_network && is_asked_for_by_a_strange_name(request.headers, listen_host)) {
    return refuse(403, "foreign_host",
                  "whoever owns the name in Host may have made it lead here, and clients need no "
                  "key; ask by address or as localhost, add the table [keys], or set [server] "
                  "open_to_network = true when something in front checks who calls");
  }
  return caller;
}

void Gateway::Impl::show_model(const Worker& worker, const Caller& caller,
                               std::string_view encoded_name, http::Exchange& exchange) {
  const std::string name = http::percent_decoded(encoded_name);
  const auto model = model_json(*worker.share->in_force->serving.orchestrator, caller.key, name);
  if (model) return exchange.send(json_response(200, *model));
  reject(exchange, {404, "model_not_found", no_such_model(name)});
}

// Would a request be taken now, and could any expert answer it? What gets no request does not heal
// by probes, so "all experts out" lasts only as long as their breakers say.
http::Response Gateway::Impl::readiness(const Worker& worker) const {
  if (announced) {
    return error_response(503, "shutting_down", "the gateway is shutting down", kRetryLater);
  }
  if (const auto why = turned_away(in_flight)) {
    return error_response(503, why->code, why->message, kRetryLater);
  }
  if (!worker.share->in_force->health.any_well(clock.now())) {
    return error_response(
        503, "experts_out",
        "every expert is left alone for a while: it has failed of late, or asked for it",
        kRetryLater);
  }
  return json_response(200, R"({"status":"ready"})");
}

// Full means an answer now, never a slow queue.
std::optional<Refusal> Gateway::Impl::turned_away(std::size_t running) const {
  const auto later = [](std::string_view code, std::string message) {
    return Refusal{503, std::string(code), std::move(message), kRetryLater};
  };
  if (out_of_patience) return later("shutting_down", "the gateway is shutting down; try again");
  if (running >= options.requests_max) {
    return later("overloaded",
                 fmt::format("{} requests are being answered; try again", options.requests_max));
  }
  // A running request has its place in the queue reserved, so that it can always file its receipt.
  if (receipts.waiting() + running >= receipts.queue_max()) {
    return later("receipts_unavailable", "receipts cannot be stored fast enough; try again");
  }
  return std::nullopt;
}

// Reading a long request takes longer than telling a key that nothing is left of its budget.
std::optional<Refusal> Gateway::Impl::turned_away(const Caller& caller) const {
  if (caller.account == nullptr) return std::nullopt;
  const auto denied = caller.account->denies_all(clock.now(), clock.wall_now());
  if (!denied) return std::nullopt;
  return refusal_of(*denied);
}

void Gateway::Impl::reject(http::Exchange& exchange, const Refusal& refusal) {
  metrics.count_rejection(refusal.status, refusal.code);
  auto response =
      error_response(refusal.status, refusal.code, refusal.message, refusal.retry_after);
  for (const http::Header& header : refusal.headers) response.headers.push_back(header);
  exchange.send(std::move(response));
}

void Gateway::Impl::chat(Worker& worker, const Caller& caller,
                         const std::shared_ptr<http::Exchange>& exchange) {
  // Counted first, checked after: two workers cannot both take the last place.
  auto refusal = turned_away(in_flight.fetch_add(1));
  if (!refusal) refusal = start_chat(worker, caller, exchange);
  if (!refusal) return;
  --in_flight;
  reject(*exchange, *refusal);
}

// Returns why not, or nothing: the chat then leaves by itself.
std::optional<Refusal> Gateway::Impl::start_chat(Worker& worker, const Caller& caller,
                                                 const std::shared_ptr<http::Exchange>& exchange) {
  const std::shared_ptr<WorkerShare> share = worker.share;
  const Serving& serving = share->in_force->serving;
  if (http::came_from_here(exchange->request().headers)) {
    return Refusal{508, "loop_detected",
                   "this gateway has sent the request itself: the base_url of one of its experts "
                   "leads back to it"};
  }
  if (auto refusal = turned_away(caller)) return refusal;
  auto asked = understand(worker.parser, caller, *exchange, *share->in_force, conversations, clock);
  if (!asked) return asked.error();
  Reservation reservation;
  if (caller.account != nullptr) {
    const auto reserved = caller.account->reserve(demand_of(asked->spec, *serving.orchestrator),
                                                  clock.now(), clock.wall_now());
    if (!reserved) return refusal_of(reserved.error());
    reservation = *reserved;
    keep_within(reservation.budget, asked->spec);
  }
  share->hedges.on_request(serving.rules.hedge_share_max);
  const auto chat = std::make_shared<LiveChat>(
      std::shared_ptr<const ChatTools>(share, &share->tools), serving.orchestrator, exchange,
      std::move(asked->request), std::move(asked->spec),
      RequestTrace(exchange->request().headers, spans != nullptr),
      LiveChat::Ends{
          .settle =
              [this, caller, reservation, conversation = asked->conversation,
               steered = std::move(asked->steered), share = share.get()](const Receipt& receipt) {
                settle(*share->in_force, conversation, steered, receipt);
                if (caller.account != nullptr) {
                  caller.account->settle(reservation, receipt.cost, tokens_of(receipt), clock.now(),
                                         clock.wall_now());
                }
              },
          .done =
              [this, &worker, account = caller.account, reserved = reservation.cost](
                  LiveChat& ended, Receipt&& receipt) {
                end(worker, ended, std::move(receipt));
                if (account != nullptr) account->filed({.cost = reserved});
              }});
  worker.chats.emplace(chat.get(), chat);
  chat->start();
  return std::nullopt;
}

// What is learnt from a request: who has its conversation, what its goal came to, how fast experts
// were.
void Gateway::Impl::settle(InForce& in_force, const std::optional<std::uint64_t>& conversation,
                           const Steered& steered, const Receipt& receipt) {
  if (conversation) {
    if (const auto turn = turn_of(receipt, clock.now())) conversations.put(*conversation, *turn);
  }
  steered.report(receipt, in_force.serving.orchestrator->experts());
  for (const Attempt& attempt : receipt.attempts) {
    const auto expert = in_force.serving.orchestrator->find_expert(attempt.expert);
    if (expert) in_force.pace.observe(expert->index(), attempt, receipt, clock.now());
  }
}

void Gateway::Impl::end(Worker& worker, LiveChat& ended, Receipt&& receipt) {
  if (spans && ended.trace().recorded()) {
    spans->offer({.trace = ended.trace().trace(),
                  .parent = ended.trace().parent(),
                  .root = ended.trace().root(),
                  .receipt = receipt,
                  .calls = ended.call_spans()});
  }
  if (!ended.error_code().empty()) {
    metrics.count_error(ended.answer_status(), ended.error_code());
  }
  tell(ended, receipt);
  file(std::move(receipt));
  worker.chats.erase(&ended);
  --in_flight;
}

void Gateway::Impl::decide_only(Worker& worker, const Caller& caller, http::Exchange& exchange) {
  const std::shared_ptr<WorkerShare> share = worker.share;
  const Serving& serving = share->in_force->serving;
  if (const auto refusal = turned_away(caller)) return reject(exchange, *refusal);
  auto asked = understand(worker.parser, caller, exchange, *share->in_force, conversations, clock);
  if (!asked) return reject(exchange, asked.error());
  orchestrator::SessionSpec& spec = asked->spec;
  const Standing standing(share->gates, share->in_force->health, context_tokens_needed(spec.query),
                          clock.now());
  standing.mask(spec.decide);
  if (caller.account != nullptr) {  // it costs nothing, but counts as a request
    const auto reserved = caller.account->reserve({}, clock.now(), clock.wall_now());
    if (!reserved) return reject(exchange, refusal_of(reserved.error()));
    keep_within(reserved->budget, spec);
    caller.account->settle(*reserved, {}, 0, clock.now(), clock.wall_now());
    caller.account->filed(*reserved);
  }
  const auto experts = serving.orchestrator->experts();
  std::vector<Prediction> predictions(experts.size());
  serving.orchestrator->predict(spec.query, share->scratch, predictions);
  share->in_force->pace.expect(predictions, clock.now());
  const Decision decision =
      policy::decide(predictions, experts, spec.query, spec.tradeoff, spec.decide);
  const auto changes = policy::explain(decision, predictions, spec.tradeoff, spec.decide);
  std::vector<orchestrator::NearQuestion> nearest;
  if (serving.nearest) nearest = serving.nearest->find(spec.query.text, kNearestShown);
  exchange.send(json_response(
      200, decision_json({asked->request.model, spec.query, experts, predictions, decision, changes,
                          nearest, spec.decide.incumbent, shown_in_decision(spec, decision)})));
}

void Gateway::Impl::file(Receipt&& receipt) {
  metrics.observe(receipt);
  // Never expected: every running request has its place in the queue reserved.
  if (!receipts.try_push(std::move(receipt))) {
    spdlog::error("receipt {} could not be filed: the queue is full", to_hex(receipt.id));
  }
}

}  // namespace ooe::gateway
