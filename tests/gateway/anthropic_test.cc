// An expert of Anthropic's dialect behind OpenAI's surface, over sockets: what a client sees, what
// the receipt says, and what the expert itself counted.
#include <map>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "http/sse.h"
#include "tests/gateway/scripted_expert.h"

namespace ooe::gateway {
namespace {

using Json = nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kTool =
    R"(,"tools":[{"type":"function","function":{"name":"weather","parameters":
       {"type":"object","properties":{"city":{"type":"string"}}}}}])";

class AnthropicTest : public GatewayTest {
 protected:
  void start_anthropic() {
    start();
    std::vector<Expert> experts = experts_;
    experts[0].dialect = Dialect::anthropic;
    for (Expert& expert : experts) expert.capabilities.add(Capabilities::tools);
    ASSERT_TRUE(gateway_->reload(serving_of(experts, {})));
    experts_ = experts;
  }
  // The same with a fault of the simulated expert, and nobody else.
  void strike(const std::string& fault) {
    std::vector<Expert> experts = experts_;
    experts[0].model += fault;
    RequestRules rules;
    rules.fallbacks_max = 0;
    rules.session.first_token = milliseconds(500);
    rules.experts.head = milliseconds(400);
    rules.experts.stall = milliseconds(400);
    ASSERT_TRUE(gateway_->reload(serving_of({experts_[1]}, rules)));  // breakers forget
    ASSERT_TRUE(gateway_->reload(serving_of(experts, rules)));
  }
};

// What a client puts together from a stream.
struct ToldPieces {
  std::string text;
  std::string tool;
  std::string arguments;
  std::string finish_reason;
  Json usage;
  bool done = false;
};

ToldPieces told_by(const std::string& stream) {
  ToldPieces told;
  http::SseReader reader;
  const auto read = reader.feed(stream, [&](const http::SseEvent& event) {
    if (event.data == "[DONE]") told.done = true;
    const Json chunk = Json::parse(event.data, nullptr, false);
    if (!chunk.is_object() || !chunk.contains("choices")) return;
    if (chunk.contains("usage") && !chunk["usage"].is_null()) told.usage = chunk["usage"];
    if (chunk["choices"].empty()) return;
    const Json& choice = chunk["choices"][0];
    if (choice["finish_reason"].is_string()) told.finish_reason = choice["finish_reason"];
    const Json& delta = choice["delta"];
    if (delta.contains("content") && delta["content"].is_string()) {
      told.text += delta["content"].get<std::string>();
    }
    if (!delta.contains("tool_calls")) return;
    const Json& function = delta["tool_calls"][0]["function"];
    told.tool += function.value("name", "");
    told.arguments += function.value("arguments", "");
  });
  EXPECT_TRUE(read.has_value());
  return told;
}

TEST_F(AnthropicTest, SaysTheSameWholeAndStreamedAndCountsAsTheExpertDoes) {
  start_anthropic();
  const Answer whole = chat(false, {}, "first");
  ASSERT_EQ(whole.status, 200) << whole.body;
  const Json completion = Json::parse(whole.body);
  EXPECT_EQ(completion["object"], "chat.completion");
  EXPECT_EQ(completion["choices"][0]["finish_reason"], "stop");
  const std::string text = completion["choices"][0]["message"]["content"];
  EXPECT_THAT(text, HasSubstr("42"));

  const Answer streamed = chat(true, {}, "first", R"(,"stream_options":{"include_usage":true})");
  const ToldPieces told = told_by(streamed.body);
  EXPECT_EQ(told.text, text);
  EXPECT_EQ(told.finish_reason, "stop");
  EXPECT_EQ(told.usage["completion_tokens"], completion["usage"]["completion_tokens"]);
  EXPECT_EQ(told.usage["prompt_tokens"], completion["usage"]["prompt_tokens"]);
  EXPECT_TRUE(told.done);
  EXPECT_THAT(chat(true, {}, "first").body, Not(HasSubstr("\"usage\":{"))) << "only when asked";

  Usd sum;
  for (const Receipt& receipt : receipts()) {
    EXPECT_EQ(receipt.ending, Ending::answered);
    EXPECT_FALSE(receipt.attempts.at(0).tokens.estimated);
    sum += receipt.cost;
  }
  EXPECT_EQ(sum, simulation_->ledger(0).billed);
}

TEST_F(AnthropicTest, CallsToolsAndTakesTheirResults) {
  start_anthropic();
  const Json whole = Json::parse(chat(false, {}, "first", kTool).body);
  EXPECT_EQ(whole["choices"][0]["finish_reason"], "tool_calls") << whole;
  const Json call = whole["choices"][0]["message"]["tool_calls"][0];
  EXPECT_EQ(call["function"]["name"], "weather");
  EXPECT_EQ(call["function"]["arguments"], R"({"city":"simulated"})");

  const ToldPieces told = told_by(chat(true, {}, "first", kTool).body);
  EXPECT_EQ(told.tool, "weather");
  EXPECT_EQ(told.arguments, R"({"city":"simulated"})");
  EXPECT_EQ(told.finish_reason, "tool_calls");

  const Json followed{
      {"model", "first"},
      {"tools", Json::parse(std::string(kTool).substr(std::string(R"(,"tools":)").size()))},
      {"messages",
       Json::array({{{"role", "system"}, {"content", "Be brief."}},
                    {{"role", "user"}, {"content", "Rain?"}},
                    {{"role", "assistant"}, {"content", nullptr}, {"tool_calls", {call}}},
                    {{"role", "tool"}, {"tool_call_id", call["id"]}, {"content", "no"}}})}};
  const Answer answer = send("POST", "/v1/chat/completions", followed.dump());
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(Json::parse(answer.body)["choices"][0]["finish_reason"], "stop");
}

TEST_F(AnthropicTest, TellsThatTheLimitCutTheAnswer) {
  start_anthropic();
  const std::string limit = R"(,"max_tokens":2)";
  EXPECT_EQ(Json::parse(chat(false, {}, "first", limit).body)["choices"][0]["finish_reason"],
            "length");
  const ToldPieces told = told_by(chat(true, {}, "first", limit).body);
  EXPECT_EQ(told.finish_reason, "length");
  EXPECT_TRUE(told.done);
}

TEST_F(AnthropicTest, FaultsGetWhatOpenAisGet) {
  struct Case {
    const char* fault;
    const char* whole;
    const char* streamed;
    bool after_commit;  // when streamed
  };
  const Case cases[] = {
      {"#429", "http_429", "http_429", false},
      {"#500", "http_500", "http_500", false},
      {"#529", "http_529", "http_529", false},
      {"#silence", "head_timeout", "head_timeout", false},
      {"#stall", "stalled", "first_token_timeout", false},
      {"#cut-after-3", "cut", "cut", true},
      {"#early-close", "malformed_body", "cut", true},
      {"#malformed", "malformed_body", "malformed_event", true},
      {"#error-event", "malformed_body", "error_event", true},
  };
  start_anthropic();
  std::map<std::string, std::pair<const Case*, bool>> asked;  // [receipt]
  std::map<std::string, Answer> answers;
  for (const Case& c : cases) {
    for (const bool streamed : {false, true}) {
      strike(c.fault);
      const Answer answer = chat(streamed, {}, "first");
      asked[answer.header("x-ooe-receipt")] = {&c, streamed};
      answers[answer.header("x-ooe-receipt")] = answer;
    }
  }
  const auto filed = receipts();
  ASSERT_EQ(filed.size(), 2 * std::size(cases));
  for (const Receipt& receipt : filed) {
    const auto [c, streamed] = asked[to_hex(receipt.id)];
    ASSERT_NE(c, nullptr);
    SCOPED_TRACE(std::string(c->fault) + (streamed ? ", streamed" : ", whole"));
    const Answer& answer = answers[to_hex(receipt.id)];
    EXPECT_EQ(receipt.attempts.at(0).fault, streamed ? c->streamed : c->whole);
    if (streamed && c->after_commit) {
      EXPECT_TRUE(answer.fault.has_value()) << "the framing breaks";
      EXPECT_FALSE(told_by(answer.body).done);
      EXPECT_EQ(receipt.ending, Ending::upstream_truncated);
      EXPECT_GT(receipt.cost, Usd{}) << "what was said is billed";
    } else {
      EXPECT_EQ(answer.status, 503);
      EXPECT_EQ(answer.code(), "experts_failed");
      EXPECT_EQ(receipt.ending, Ending::experts_failed);
    }
  }
}

TEST_F(AnthropicTest, WhatItCannotSayIsTheNextExpertsOrAnErrorThatSaysWhy) {
  start_anthropic();
  const Answer refused = chat(false, {}, "first", R"(,"logprobs":true)");
  EXPECT_GE(refused.status, 400) << refused.body;
  EXPECT_THAT(refused.body, HasSubstr("logprobs"));
  EXPECT_EQ(simulation_->ledger(0).requests, 0);
}

// What is wrong with a request may be too long to hold, as other answers are. Once the gateway died
// of it.
TEST_F(AnthropicTest, ARefusalThatIsTooLongToHoldIsAFault) {
  start_anthropic();
  RequestRules rules;
  rules.fallbacks_max = 0;
  rules.session.hold_bytes_max = 16;
  ASSERT_TRUE(gateway_->reload(serving_of(experts_, rules)));
  const Answer refused = chat(false, {}, "first", R"(,"response_format":{"type":"json_object"})");
  EXPECT_EQ(refused.code(), "experts_failed") << refused.body;
  EXPECT_EQ(send("GET", "/healthz", "").status, 200);
}

// It is held until it can be translated, and is paid for all the same.
TEST_F(ScriptedExpertTest, AnAnswerOfAnthropicsThatIsCutIsPaidByWhatCameOfIt) {
  expert_.dialect = Dialect::anthropic;
  serve_by([](const std::shared_ptr<http::Exchange>& exchange) {
    exchange->send_head(200, {{"content-type", "application/json"}});
    exchange->send_chunk(
        R"({"type":"message","role":"assistant","content":[{"type":"text","text":")" +
        std::string(20'000, 'a'));
    exchange->abort();
  });
  EXPECT_EQ(chat(false, {}, "first").code(), "experts_failed");
  const auto filed = receipts();
  ASSERT_EQ(filed.size(), 1U);
  EXPECT_EQ(filed[0].attempts[0].tokens.output, guessed_tokens(20'000));
  EXPECT_TRUE(filed[0].attempts[0].tokens.estimated);
}

}  // namespace
}  // namespace ooe::gateway
