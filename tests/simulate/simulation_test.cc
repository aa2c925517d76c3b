#include "simulate/simulation.h"

#include <array>
#include <chrono>
#include <cmath>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "http/client.h"
#include "http/sse.h"
#include "simulate/reply.h"
#include "simulate/tokens.h"

namespace ooe::simulate {
namespace {

using Json = nlohmann::ordered_json;
using std::chrono::milliseconds;

std::vector<Question> some_questions() {
  std::vector<Question> questions;
  for (int i = 0; i < 40; ++i) {
    Question question;
    question.id = "q" + std::to_string(i);
    question.subject = i % 2 == 0 ? "math" : "law";
    question.question = "Which one is number " + std::to_string(i) + "?";
    question.choices = {"first", "second", "third", "fourth"};
    question.answer = std::string(1, "ABCD"[i % 4]);
    questions.push_back(question);
  }
  return questions;
}

SimulationOptions one_expert() {
  SimulatedExpert expert;
  expert.name = "math-7b";
  expert.prices.input = *token_price(1.0);
  expert.prices.output = *token_price(2.0);
  expert.competence.otherwise = 0.6;
  return {.seed = 5, .experts = {expert}};
}

// Everything a client can see of one answer.
struct Answer {
  int status = 0;
  http::Headers headers;
  std::string body;
  std::vector<std::string> events;
  bool ended = false;
  std::optional<http::Fault> fault;
  std::string message;  // of the fault
  milliseconds duration{0};

  [[nodiscard]] Json parsed() const { return Json::parse(body, nullptr, false); }
};

// A simulation and a client on one loop, which this thread runs while it waits for an answer.
class Loopback : public ::testing::Test {
 protected:
  void start(const SimulationOptions& options) {
    const std::array<http::Loop*, 1> loops{&loop_};
    auto simulation = start_simulation(loops, options, some_questions());
    ASSERT_TRUE(simulation.has_value()) << simulation.error().message;
    simulation_ = std::move(*simulation);
  }

  Answer send(const std::string& method, const std::string& path, std::string body = "",
              milliseconds patience = milliseconds(300), http::Headers more = {}) {
    Answer answer;
    http::SseReader reader;
    const auto began = std::chrono::steady_clock::now();
    http::ClientRequest request;
    request.method = method;
    request.url = {
        .host = "127.0.0.1", .port = std::to_string(simulation_->ports().at(0)), .path = path};
    request.headers = std::move(more);
    request.body = std::move(body);
    request.head_timeout = patience;
    request.stall_timeout = patience;
    const auto call = client_.start(
        std::move(request), {.on_body =
                                 [&](std::string_view bytes) {
                                   answer.body += bytes;
                                   (void)reader.feed(bytes, [&](const http::SseEvent& event) {
                                     answer.events.emplace_back(event.data);
                                   });
                                 },
                             .on_head =
                                 [&](int status, const http::Headers& headers) {
                                   answer.status = status;
                                   answer.headers = headers;
                                 },
                             .on_end =
                                 [&] {
                                   answer.ended = true;
                                   loop_.stop();
                                 },
                             .on_fault =
                                 [&](http::Fault fault, const std::string& message) {
                                   answer.fault = fault;
                                   answer.message = message;
                                   loop_.stop();
                                 }});
    loop_.run();
    answer.duration =
        std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - began);
    return answer;
  }

  Answer ask(const std::string& model, bool stream, const std::string& text = "Hello?",
             Json extra = Json::object()) {
    Json body{{"model", model},
              {"messages", {{{"role", "user"}, {"content", text}}}},
              {"stream", stream}};
    body.update(extra);
    return send("POST", "/v1/chat/completions", body.dump());
  }

  http::Loop loop_;
  std::unique_ptr<Simulation> simulation_;
  http::Client client_{loop_};
};

std::string streamed_text(const Answer& answer) {
  std::string text;
  for (const std::string& event : answer.events) {
    const Json chunk = Json::parse(event, nullptr, false);
    if (chunk.is_object() && !chunk["choices"].empty()) {
      text += chunk["choices"][0]["delta"].value("content", "");
    }
  }
  return text;
}

TEST_F(Loopback, AnswersAKnownQuestionAsTheWorldDecides) {
  start(one_expert());
  for (const Question& question : some_questions()) {
    const std::string text = presented_text(question);
    const Reply reply = reply_to(5, one_expert().experts[0], question, query_id(text));
    const Answer answer = ask("math-7b", false, text);
    ASSERT_EQ(answer.status, 200) << answer.message;
    EXPECT_EQ(http::find_header(answer.headers, "x-ooe-simulated"), "true");
    const Json body = answer.parsed();
    EXPECT_EQ(body["choices"][0]["message"]["content"], reply.text);
    EXPECT_EQ(body["choices"][0]["finish_reason"], "stop");
    EXPECT_EQ(body["model"], "math-7b");
    EXPECT_EQ(body["system_fingerprint"], "ooe-simulated");
    EXPECT_EQ(body["usage"]["completion_tokens"], count_tokens(reply.text));

    const Answer streamed = ask("math-7b", true, text);
    EXPECT_EQ(streamed_text(streamed), reply.text) << "the same words, streamed";
  }
}

TEST_F(Loopback, StreamsATokenAnEventAndUsageOnlyWhenAsked) {
  start(one_expert());
  const std::string text = presented_text(some_questions()[3]);
  const Answer plain = ask("math-7b", true, text);
  const Answer with_usage =
      ask("math-7b", true, text, {{"stream_options", {{"include_usage", true}}}});
  ASSERT_TRUE(plain.ended && with_usage.ended);
  EXPECT_EQ(http::find_header(plain.headers, "content-type"), "text/event-stream");
  EXPECT_EQ(http::find_header(plain.headers, "x-ooe-simulated"), "true");
  ASSERT_EQ(with_usage.events.size(), plain.events.size() + 1);
  EXPECT_EQ(plain.events.back(), "[DONE]");
  const std::size_t tokens = plain.events.size() - 3;  // role, finish, [DONE]
  EXPECT_EQ(static_cast<std::int64_t>(tokens), count_tokens(streamed_text(plain)));
  EXPECT_EQ(Json::parse(plain.events[plain.events.size() - 2])["choices"][0]["finish_reason"],
            "stop");
  const Json usage = Json::parse(with_usage.events[with_usage.events.size() - 2]);
  EXPECT_TRUE(usage["choices"].empty());
  EXPECT_EQ(usage["usage"]["completion_tokens"], tokens);
}

TEST_F(Loopback, TellsThatItIsSimulatedAndEchoesNothingOfAnUnknownText) {
  start(one_expert());
  const Json body = ask("math-7b", false, "my secret plan").parsed();
  const std::string text = body["choices"][0]["message"]["content"];
  EXPECT_NE(text.find("simulated"), std::string::npos);
  EXPECT_EQ(text.find("secret"), std::string::npos);
  EXPECT_EQ(body["usage"]["completion_tokens"], count_tokens(text));
  EXPECT_EQ(body["usage"]["prompt_tokens"], 7);
}

TEST_F(Loopback, StopsAtTheTokenLimit) {
  start(one_expert());
  const Json body = ask("math-7b", false, "x", {{"max_tokens", 3}}).parsed();
  EXPECT_EQ(body["choices"][0]["finish_reason"], "length");
  EXPECT_EQ(body["usage"]["completion_tokens"], 3);
}

TEST_F(Loopback, CallsAToolOnceAndFillsASchema) {
  start(one_expert());
  const Json tools = Json::parse(
      R"([{"type":"function","function":{"name":"clock"}},
          {"type":"function","function":{"name":"weather","parameters":
            {"type":"object","properties":{"city":{"type":"string"}}}}}])");
  const Json named{{"type", "function"}, {"function", {{"name", "weather"}}}};
  const Json called =
      ask("math-7b", false, "x", {{"tools", tools}, {"tool_choice", named}}).parsed();
  EXPECT_EQ(called["choices"][0]["finish_reason"], "tool_calls");
  const Json function = called["choices"][0]["message"]["tool_calls"][0]["function"];
  EXPECT_EQ(function["name"], "weather");
  EXPECT_EQ(function["arguments"], R"({"city":"simulated"})");

  const Answer streamed = ask("math-7b", true, "x", {{"tools", tools}, {"tool_choice", named}});
  std::string arguments;
  for (const std::string& event : streamed.events) {
    const Json chunk = Json::parse(event, nullptr, false);
    if (!chunk.is_object() || !chunk["choices"][0]["delta"].contains("tool_calls")) continue;
    arguments += chunk["choices"][0]["delta"]["tool_calls"][0]["function"]["arguments"];
  }
  EXPECT_EQ(arguments, R"({"city":"simulated"})");

  const Json results = Json::parse(
      R"([{"role":"user","content":"x"},{"role":"tool","tool_call_id":"1","content":"rain"}])");
  for (const Json& more : {Json{{"tools", tools}, {"messages", results}},
                           Json{{"tools", tools}, {"tool_choice", "none"}}}) {
    EXPECT_EQ(ask("math-7b", false, "x", more).parsed()["choices"][0]["finish_reason"], "stop");
  }

  const Json format = Json::parse(
      R"({"type":"json_schema","json_schema":{"schema":{"properties":{"n":{"type":"integer"}}}}})");
  EXPECT_EQ(ask("math-7b", false, "x", {{"response_format", format}})
                .parsed()["choices"][0]["message"]["content"],
            R"({"n":1})");
}

TEST_F(Loopback, RefusesWhatIsNotOfAnthropicsDialect) {
  start(one_expert());
  const http::Headers version{{"anthropic-version", "2023-06-01"}};
  const Json good = Json::parse(
      R"({"model":"math-7b","max_tokens":50,"messages":[{"role":"user","content":"Hello?"}]})");
  const auto post = [&](const Json& body, const http::Headers& headers) {
    return send("POST", "/v1/messages", body.dump(), milliseconds(300), headers);
  };
  const Json answer = post(good, version).parsed();
  EXPECT_EQ(answer["type"], "message");
  EXPECT_EQ(answer["stop_reason"], "end_turn");
  EXPECT_GT(answer["usage"]["output_tokens"], 0);

  EXPECT_EQ(post(good, {}).status, 400) << "no version";
  for (const char* change :
       {R"({"stream_options":{"include_usage":true}})", R"({"max_tokens":null})",
        R"({"messages":[{"role":"system","content":"x"}]})",
        R"({"messages":[{"role":"user","content":[{"type":"text","text":""}]}]})",
        R"({"messages":[{"role":"user","content":[{"type":"image_url"}]}]})"}) {
    Json bad = good;
    bad.update(Json::parse(change));
    const Answer refused = post(bad, version);
    EXPECT_EQ(refused.status, 400) << change;
    EXPECT_EQ(refused.parsed()["error"]["type"], "invalid_request_error") << refused.body;
  }
}

TEST_F(Loopback, ListsItsModelAndRefusesTheRestInOpenAIsShape) {
  start(one_expert());
  const Json models = send("GET", "/v1/models").parsed();
  EXPECT_EQ(models["data"][0]["id"], "math-7b");
  EXPECT_EQ(models["data"][0]["owned_by"], "ooe-simulate");
  EXPECT_EQ(send("GET", "/healthz").status, 200);
  struct Case {
    Answer answer;
    int status;
    std::string code;
  };
  const std::string chat = "/v1/chat/completions";
  for (const auto& [answer, status, code] :
       {Case{send("GET", "/nowhere"), 404, "not_found"}, Case{send("GET", chat), 404, "not_found"},
        Case{ask("gpt-4", false), 404, "model_not_found"},
        Case{ask("math-7b#typo", false), 400, "unknown_fault"},
        Case{send("POST", chat, "{"), 400, "invalid_body"},
        Case{send("POST", chat, R"({"model":7})"), 400, "invalid_body"},
        Case{send("POST", chat, R"({"model":"math-7b","messages":[]})"), 400, "invalid_body"},
        Case{send("POST", chat, R"({"model":"math-7b","messages":[1]})"), 400, "invalid_body"}}) {
    SCOPED_TRACE(code);
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(answer.parsed()["error"]["code"], code);
    EXPECT_EQ(http::find_header(answer.headers, "x-ooe-simulated"), "true");
  }
}

TEST_F(Loopback, KeepsItsPace) {
  SimulationOptions options = one_expert();
  options.experts[0].first_token = milliseconds(30);
  options.experts[0].tokens_per_second = 1'000.0;
  start(options);
  for (const bool stream : {false, true}) {
    const Answer answer = ask("math-7b", stream, "x", {{"max_tokens", 21}});
    ASSERT_TRUE(answer.ended);
    EXPECT_GE(answer.duration, milliseconds(50));
  }
}

// What a client sees of each fault, streamed and not.
struct FaultCase {
  std::string fault;
  bool stream;
  std::function<void(const Answer&)> expect;
};

TEST_F(Loopback, FailsInEveryWayOnRequest) {
  start(one_expert());
  const auto refused = [](int status) {
    return [status](const Answer& answer) {
      EXPECT_TRUE(answer.ended);
      EXPECT_EQ(answer.status, status);
      EXPECT_TRUE(answer.parsed()["error"]["message"].is_string());
    };
  };
  const auto retry_after = [](const Answer& answer) {
    EXPECT_EQ(answer.status, 429);
    EXPECT_EQ(http::find_header(answer.headers, "retry-after"), "2");
  };
  const auto silent = [](const Answer& answer) {
    EXPECT_EQ(answer.fault, http::Fault::head_timeout);
  };
  const auto stalled = [](const Answer& answer) {
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.fault, http::Fault::stalled);
    EXPECT_EQ(streamed_text(answer), "");
  };
  const auto stalled_inside = [](const Answer& answer) {
    EXPECT_EQ(answer.fault, http::Fault::stalled);
    EXPECT_EQ(answer.events.size(), 3U);
  };
  const auto cut_events = [](const Answer& answer) {
    EXPECT_EQ(answer.fault, http::Fault::cut);
    EXPECT_EQ(answer.events.size(), 3U);
  };
  const auto cut_body = [](const Answer& answer) {
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.fault, http::Fault::cut);
    EXPECT_FALSE(answer.body.empty());
  };
  const auto closed_early = [](const Answer& answer) {
    EXPECT_TRUE(answer.ended);
    ASSERT_EQ(answer.events.size(), 2U);
    EXPECT_NE(answer.events.back(), "[DONE]");
  };
  const auto half_body = [](const Answer& answer) {
    EXPECT_TRUE(answer.ended);
    EXPECT_FALSE(answer.body.empty());
    EXPECT_TRUE(answer.parsed().is_discarded());
  };
  const auto bad_event = [](const Answer& answer) {
    ASSERT_GT(answer.events.size(), 3U);
    EXPECT_TRUE(Json::accept(answer.events[1]));
    EXPECT_FALSE(Json::accept(answer.events[2]));
  };
  const auto error_event = [](const Answer& answer) {
    EXPECT_TRUE(answer.ended);
    ASSERT_EQ(answer.events.size(), 3U);
    EXPECT_TRUE(Json::parse(answer.events[2]).contains("error"));
  };
  const auto dripped = [](const Answer& answer) {
    EXPECT_TRUE(answer.ended);
    EXPECT_GE(answer.duration, milliseconds(answer.body.size() / 16));
  };
  const auto negative_usage = [](const Answer& answer) {
    EXPECT_EQ(answer.parsed()["usage"]["completion_tokens"], -1);
  };
  const auto negative_usage_event = [](const Answer& answer) {
    ASSERT_GT(answer.events.size(), 2U);
    EXPECT_EQ(Json::parse(answer.events[answer.events.size() - 2])["usage"]["completion_tokens"],
              -1);
  };
  const std::vector<FaultCase> cases{
      {"429", false, refused(429)},
      {"429", true, refused(429)},
      {"500", false, refused(500)},
      {"500", true, refused(500)},
      {"503", true, refused(503)},
      {"context-length", true, refused(400)},
      {"retry-after-2", false, retry_after},
      {"retry-after-2", true, retry_after},
      {"silence", false, silent},
      {"silence", true, silent},
      {"stall", false, stalled},
      {"stall", true, stalled},
      {"stall-after-3", false, stalled},
      {"stall-after-3", true, stalled_inside},
      {"cut-after-3", true, cut_events},
      {"cut-after-3", false, cut_body},
      {"early-close", true, closed_early},
      {"early-close", false, half_body},
      {"malformed", true, bad_event},
      {"malformed", false, half_body},
      {"error-event", true, error_event},
      {"error-event", false, refused(200)},
      {"slow-drip", false, dripped},
      {"slow-drip", true, dripped},
      {"wrong-usage", false, negative_usage},
      {"wrong-usage", true, negative_usage_event},
  };
  for (const auto& [fault, stream, expect] : cases) {
    SCOPED_TRACE(fault + (stream ? " streamed" : " whole"));
    expect(ask("math-7b#" + fault, stream, "x",
               {{"max_tokens", 5}, {"stream_options", {{"include_usage", true}}}}));
  }
}

TEST_F(Loopback, KeepsALedgerThatTheBillCanBeCheckedAgainst) {
  start(one_expert());
  const Json body = ask("math-7b", false, "x").parsed();
  const std::int64_t input = body["usage"]["prompt_tokens"];
  const std::int64_t output = body["usage"]["completion_tokens"];
  (void)ask("math-7b#500", false);
  (void)ask("math-7b#cut-after-3", true, "x");  // role and two tokens
  (void)ask("math-7b#silence", false, "x");
  // The server hears of the client's leaving a moment later.
  for (int i = 0; i < 1'000 && simulation_->ledger(0).unfinished < 2; ++i) {
    (void)send("GET", "/healthz");
  }
  const Ledger ledger = simulation_->ledger(0);
  EXPECT_EQ(ledger.requests, 4);
  EXPECT_EQ(ledger.refused, 1);
  EXPECT_EQ(ledger.unfinished, 2);
  EXPECT_EQ(ledger.input_tokens, 2 * input);
  EXPECT_EQ(ledger.output_tokens, output + 2);
  EXPECT_EQ(ledger.billed, Usd{1'000 * 2 * input + 2'000 * (output + 2)});
  const Json told = send("GET", "/ledger").parsed();
  EXPECT_EQ(told["billed_nano_usd"], ledger.billed.nano);
  EXPECT_TRUE(told["simulated"].get<bool>());
}

TEST_F(Loopback, HasTheSameShareOfChanceFaultsInEveryRun) {
  SimulationOptions options = one_expert();
  options.experts[0].fault = Fault{FaultKind::status, 429};
  options.experts[0].fault_share = 0.2;
  std::vector<int> struck;
  for (int run = 0; run < 2; ++run) {
    start(options);
    int count = 0;
    for (int i = 0; i < 100; ++i) count += ask("math-7b", false).status == 429 ? 1 : 0;
    struck.push_back(count);
  }
  EXPECT_EQ(struck[0], struck[1]);
  EXPECT_NEAR(struck[0], 20, 12);
}

TEST_F(Loopback, RefusesAPortInUseAndNamesTheExpert) {
  start(one_expert());
  SimulationOptions options = one_expert();
  options.experts[0].port = simulation_->ports()[0];
  const std::array<http::Loop*, 1> loops{&loop_};
  const auto second = start_simulation(loops, options, {});
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ErrorCode::unavailable);
  EXPECT_NE(second.error().message.find("math-7b"), std::string::npos);
}

TEST(Direct, FindsWhatAnInterviewWould) {
  SimulationOptions options = one_expert();
  SimulatedExpert second = options.experts[0];
  second.name = "law-7b";
  second.competence = {.otherwise = 0.1, .by_subject = {{"law", 1.0}}};
  options.experts.push_back(second);
  std::vector<Question> questions = some_questions();
  questions[7].answer = "";
  const auto matrix = direct_outcomes(options, questions);
  ASSERT_TRUE(matrix.has_value()) << matrix.error().message;
  ASSERT_EQ(matrix->n_queries(), questions.size());
  ASSERT_EQ(matrix->n_experts(), 2U);
  for (std::size_t q = 0; q < questions.size(); ++q) {
    const std::size_t at = matrix->at(q, 1);
    if (q == 7) {
      EXPECT_TRUE(std::isnan(matrix->score[at]) && std::isnan(matrix->cost_usd[at]));
      continue;
    }
    const QueryId id = query_id(presented_text(questions[q]));
    const Reply reply = reply_to(5, second, questions[q], id);
    EXPECT_EQ(matrix->score[at], reply.right ? 1.0F : 0.0F);
    EXPECT_EQ(matrix->output_tokens[at], static_cast<float>(count_tokens(reply.text)));
    EXPECT_TRUE(questions[q].subject != "law" || matrix->score[at] == 1.0F);
    EXPECT_GT(matrix->cost_usd[at], 0.0F);
  }
}

}  // namespace
}  // namespace ooe::simulate
