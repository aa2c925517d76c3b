#include "simulate/expert_server.h"

#include <utility>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/fast_hash.h"
#include "core/query.h"
#include "simulate/answer.h"
#include "simulate/anthropic_wire.h"
#include "simulate/judging.h"
#include "simulate/player.h"
#include "simulate/reply.h"
#include "simulate/writing.h"

namespace ooe::simulate {
namespace {

// More than a gateway takes by default: whoever is under test is to be the limit.
constexpr std::size_t kConnectionsMax = 20'000;

Script error_script(Dialect dialect, int status, const Error& error, std::string_view code) {
  constexpr std::string_view kType = "invalid_request_error";
  return plain_script(status, dialect == Dialect::anthropic
                                  ? anthropic_error_json(error.message, kType)
                                  : error_json(error.message, kType, code));
}

// Anthropic's endpoint wants to know which version of it the client means.
Result<ChatRequest> read_request(Dialect dialect, const http::Request& request) {
  if (dialect == Dialect::openai) return parse_chat_request(request.body);
  if (http::find_header(request.headers, "anthropic-version").empty()) {
    return fail(ErrorCode::invalid_argument, "anthropic-version: header is required");
  }
  return parse_messages_request(request.body);
}

http::Response as_response(Script script) {
  return {script.status, std::move(script.headers), std::move(script.steps[0].bytes)};
}

}  // namespace

Result<std::unique_ptr<ExpertServer>> ExpertServer::start(
    std::span<http::Loop* const> loops, const SimulationOptions& options, std::size_t expert,
    std::shared_ptr<const QuestionBank> bank) {
  std::unique_ptr<ExpertServer> made(new ExpertServer(loops, options, expert, std::move(bank)));
  auto server = http::Server::start(
      loops,
      {.listen = fmt::format("{}:{}", options.host, options.experts[expert].port),
       .connections_max = kConnectionsMax},
      [self = made.get()](std::size_t loop, std::shared_ptr<http::Exchange> exchange) {
        self->handle(loop, std::move(exchange));
      });
  if (!server) {
    return fail(server.error().code, "simulated expert {}: {}", made->expert_.name,
                server.error().message);
  }
  made->server_ = std::move(*server);
  return made;
}

ExpertServer::ExpertServer(std::span<http::Loop* const> loops, const SimulationOptions& options,
                           std::size_t expert, std::shared_ptr<const QuestionBank> bank)
    : loops_(loops.begin(), loops.end()),
      seed_(options.seed),
      expert_(options.experts[expert]),
      to_write_(expert_.writes ? options.to_write : std::vector<Question>()),
      colleagues_(expert_.judges ? options.experts : std::vector<SimulatedExpert>()),
      bank_(std::move(bank)),
      players_(loops.size()) {}

ExpertServer::~ExpertServer() = default;

Ledger ExpertServer::ledger() const {
  const std::lock_guard lock(mutex_);
  return ledger_;
}

void ExpertServer::handle(std::size_t loop, std::shared_ptr<http::Exchange> exchange) {
  const http::Request& request = exchange->request();
  const std::string path = request.target.substr(0, request.target.find('?'));
  const std::string route = request.method + " " + path;
  if (route == "POST /v1/chat/completions") {
    answer_chat(loop, Dialect::openai, std::move(exchange));
  } else if (route == "POST /v1/messages") {
    answer_chat(loop, Dialect::anthropic, std::move(exchange));
  } else if (route == "GET /v1/models") {
    exchange->send(as_response(plain_script(200, models_json(expert_.name))));
  } else if (route == "GET /healthz") {
    exchange->send(as_response(plain_script(200, R"({"status":"ok","simulated":true})")));
  } else if (route == "GET /ledger") {
    exchange->send(as_response(plain_script(200, ledger_json())));
  } else {
    const Error error{ErrorCode::not_found, "a simulated expert has no " + route};
    exchange->send(as_response(error_script(Dialect::openai, 404, error, "not_found")));
  }
}

void ExpertServer::answer_chat(std::size_t loop, Dialect dialect,
                               std::shared_ptr<http::Exchange> exchange) {
  std::int64_t ordinal = 0;
  {
    const std::lock_guard lock(mutex_);
    ordinal = ++ledger_.requests;
  }
  const auto request = read_request(dialect, exchange->request());
  Script script = request ? chat_script(*request, ordinal)
                          : error_script(dialect, 400, request.error(), "invalid_body");
  auto player = std::make_shared<Player>(*loops_[loop], std::move(exchange), std::move(script),
                                         request ? request->prompt_tokens : 0,
                                         [this, loop](const std::shared_ptr<Player>& over) {
                                           settle(*over);
                                           players_[loop].erase(over);
                                         });
  players_[loop].insert(player);
  player->play();
}

Script ExpertServer::chat_script(const ChatRequest& request, std::int64_t ordinal) const {
  const std::string model = request.model.substr(0, request.model.find('#'));
  if (model != expert_.name) {
    const Error error{ErrorCode::not_found,
                      fmt::format("no model {} here; this is {}", model, expert_.name)};
    return error_script(request.dialect, 404, error, "model_not_found");
  }
  const auto fault = fault_for(request, ordinal);
  if (!fault) return error_script(request.dialect, 400, fault.error(), "unknown_fault");

  const AnswerFrame frame{
      .id = fmt::format("chatcmpl-sim-{:016x}-{}", fast_hash(expert_.name, seed_), ordinal),
      .model = expert_.name,
      .created = unix_seconds(SystemClock().wall_now())};
  const Pace pace{expert_.first_token, expert_.tokens_per_second};
  const std::string text = text_for(request);
  return *fault ? faulty_script(**fault, request, frame, text, pace)
                : answer_script(request, frame, text, pace);
}

// By the ordinal, not by the question: a retry may succeed, and n requests meet the same number of
// faults in every run.
Result<std::optional<Fault>> ExpertServer::fault_for(const ChatRequest& request,
                                                     std::int64_t ordinal) const {
  const auto mark = request.model.find('#');
  if (mark != std::string::npos) {
    const auto asked = parse_fault(std::string_view(request.model).substr(mark + 1));
    if (!asked) return fail(asked.error());
    return *asked;
  }
  if (!expert_.fault) return std::nullopt;
  const bool strikes =
      dice(seed_, "fault", expert_.name, std::to_string(ordinal)).uniform() < expert_.fault_share;
  return strikes ? expert_.fault : std::nullopt;
}

std::string ExpertServer::text_for(const ChatRequest& request) const {
  const QuestionBank::Entry* entry = bank_->find(request.user_text);
  if (entry != nullptr) return reply_to(seed_, expert_, entry->question, entry->id).text;
  if (expert_.judges) {
    if (auto text = verdict_text(seed_, expert_, colleagues_, *bank_, request.user_text)) {
      return *text;
    }
  }
  if (expert_.writes) {
    if (auto text = written_text(seed_, expert_, to_write_, request.user_text)) return *text;
  }
  return placeholder_text(expert_.name);
}

std::string ExpertServer::ledger_json() const {
  const Ledger now = ledger();
  const nlohmann::ordered_json json{{"expert", expert_.name},
                                    {"simulated", true},
                                    {"requests", now.requests},
                                    {"refused", now.refused},
                                    {"unfinished", now.unfinished},
                                    {"input_tokens", now.input_tokens},
                                    {"output_tokens", now.output_tokens},
                                    {"billed_nano_usd", now.billed.nano}};
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

// A refusal costs nothing; whatever began costs its prompt and the tokens sent so far.
void ExpertServer::settle(const Player& player) {
  const std::lock_guard lock(mutex_);
  if (player.status() >= 400) {
    ++ledger_.refused;
    return;
  }
  if (!player.whole()) ++ledger_.unfinished;
  if (!player.began()) return;
  const TokenCounts tokens{.input = player.input_tokens(), .output = player.output_tokens()};
  ledger_.input_tokens += tokens.input;
  ledger_.output_tokens += tokens.output;
  ledger_.billed += cost_of(tokens, expert_.prices);
}

}  // namespace ooe::simulate
