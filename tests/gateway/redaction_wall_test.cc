// Redaction from the socket to an expert and back: a parrot that must never hear the original, says
// what it has heard, and is understood.
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "http/server.h"
#include "http/sse.h"
#include "tests/gateway/gateway_fixture.h"

namespace ooe::gateway {
namespace {

using Json = nlohmann::json;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kSecret = "ann.secret@x.example";

class RedactionWallTest : public GatewayTest {
 protected:
  void SetUp() override {
    http::Loop* const loops[] = {&parrot_loop_};
    http::ServerOptions options;
    options.listen = "127.0.0.1:0";
    auto server = http::Server::start(
        loops, options, [this](std::size_t, const std::shared_ptr<http::Exchange>& exchange) {
          answer(*exchange);
        });
    ASSERT_TRUE(server.has_value()) << server.error().message;
    parrot_ = std::move(*server);
    parrot_thread_ = std::thread([this] { parrot_loop_.run(); });
  }

  void TearDown() override {
    stop();
    parrot_->close_now();
    parrot_loop_.stop();
    parrot_thread_.join();
    GatewayTest::TearDown();
  }

  // "first" may see redacted requests; "second" no more than public ones.
  void serve_parrots(RequestRules rules = {}, privacy::DetectorOptions options = {}) {
    std::vector<Expert> experts(2);
    for (std::size_t i = 0; i < 2; ++i) {
      experts[i].name = experts[i].model = kNames[i];
      experts[i].base_url = "http://127.0.0.1:" + std::to_string(parrot_->port()) + "/v1";
      experts[i].prices = Prices{{1'000'000}, {1'000'000}, {2'000'000}};
    }
    experts[0].redact = true;
    experts[0].capabilities.add(Capabilities::json_schema);
    rules.privacy.detector =
        std::make_shared<const privacy::Detector>(*privacy::Detector::make(std::move(options)));
    serve(std::move(experts), {}, rules);
  }

  // Says what the last message said, as JSON if it was asked to; streamed, a byte an event.
  void answer(http::Exchange& exchange) {
    const std::string body = exchange.take_body();
    {
      const std::lock_guard lock(mutex_);
      heard_.push_back(body);
    }
    const Json request = Json::parse(body);
    std::string text = request["messages"].back()["content"];
    if (request.contains("response_format")) text = Json{{"said", text}}.dump();
    const Json usage{{"prompt_tokens", 9}, {"completion_tokens", 9}};
    if (text.starts_with("Bad:")) {
      return exchange.send({400,
                            {{"content-type", "application/json"}},
                            Json{{"error", {{"message", text}}}}.dump()});
    }
    if (!request.value("stream", false)) {
      const Json arguments{{"to", text}};
      const Json call{{"id", "1"},
                      {"type", "function"},
                      {"function", {{"name", "f"}, {"arguments", arguments.dump()}}}};
      const Json message{
          {"role", "assistant"}, {"content", text}, {"tool_calls", Json::array({call})}};
      http::Response response;
      response.headers.push_back({"content-type", "application/json"});
      response.body = Json{
          {"choices",
           Json::array({{{"index", 0}, {"message", message}, {"finish_reason", "stop"}}})},
          {"usage",
           usage}}.dump();
      return exchange.send(std::move(response));
    }
    exchange.send_head(200, {{"content-type", "text/event-stream"}});
    for (const char c : text) exchange.send_chunk(chunk(std::string(1, c), nullptr));
    exchange.send_chunk(chunk("", "stop"));
    exchange.send_chunk(http::sse_event(Json{{"choices", Json::array()}, {"usage", usage}}.dump()) +
                        http::sse_event("[DONE]"));
    exchange.finish();
  }

  static std::string chunk(const std::string& text, const Json& why) {
    return http::sse_event(Json{
        {"choices",
         Json::array({{{"index", 0}, {"delta", {{"content", text}}}, {"finish_reason", why}}})}}
                               .dump());
  }

  Answer say(const std::string& text, bool stream, http::Headers headers = {},
             const std::string& model = "auto") {
    return send("POST", "/v1/chat/completions",
                Json{{"model", model},
                     {"stream", stream},
                     {"messages", Json::array({{{"role", "user"}, {"content", text}}})}}
                    .dump(),
                std::move(headers));
  }

  static std::string streamed_text(const std::string& body) {
    std::string text;
    http::SseReader reader;
    EXPECT_TRUE(reader.feed(body, [&](const http::SseEvent& event) {
      if (event.data.empty() || event.data == "[DONE]") return;
      const Json data = Json::parse(event.data);
      if (!data["choices"].empty()) text += data["choices"][0]["delta"].value("content", "");
    }));
    return text;
  }

  std::vector<std::string> heard() {
    const std::lock_guard lock(mutex_);
    return heard_;
  }

  http::Loop parrot_loop_;
  std::thread parrot_thread_;
  std::unique_ptr<http::Server> parrot_;
  std::mutex mutex_;
  std::vector<std::string> heard_;
};

TEST_F(RedactionWallTest, TheExpertNeverHearsTheOriginalAndTheClientGetsIt) {
  serve_parrots();
  const std::string text = std::string("Write to ") + kSecret + ", \"now\": <b>" + kSecret + "</b>";
  const Answer whole = say(text, false);
  ASSERT_EQ(whole.status, 200) << whole.body;
  const Json message = Json::parse(whole.body)["choices"][0]["message"];
  EXPECT_EQ(message["content"], text);
  const std::string arguments = message["tool_calls"][0]["function"]["arguments"];
  EXPECT_EQ(Json::parse(arguments)["to"], text);

  // The last bytes may be the beginning of a placeholder, and are none.
  const Answer streamed = say(text + " <EMA", true);
  ASSERT_EQ(streamed.status, 200) << streamed.body;
  EXPECT_EQ(streamed_text(streamed.body), text + " <EMA");
  EXPECT_THAT(streamed.body, HasSubstr("[DONE]"));

  ASSERT_EQ(heard().size(), 2U);
  for (const std::string& body : heard()) {
    EXPECT_THAT(body, Not(HasSubstr("secret")));
    EXPECT_THAT(body, HasSubstr("Write to <EMAIL_1>, "));
  }
  const auto filed = receipts();
  ASSERT_EQ(filed.size(), 2U);
  for (const Receipt& receipt : filed) {
    EXPECT_EQ(receipt.answered_by, kNames[0]);
    EXPECT_EQ(receipt.privacy, PrivacyClass::confidential);
    EXPECT_THAT(receipt.cleared.names(), IsEmpty());
    EXPECT_THAT(receipt.redacted, ElementsAre("email 1"));
  }
}

// Originals with quotes and line breaks are put back into a text that is JSON itself.
TEST_F(RedactionWallTest, AnAnswerThatMustBeJsonStaysJson) {
  serve_parrots();
  const std::string text =
      "{\"full_name\": \"Ann Lee\"} -----BEGIN PRIVATE KEY-----\nMIIEvQ\\\"abc\n"
      "-----END PRIVATE KEY-----";
  const Json schema{{"name", "s"}, {"schema", Json::object()}};
  for (const Json& format :
       {Json{{"type", "json_object"}}, Json{{"type", "json_schema"}, {"json_schema", schema}}}) {
    for (const bool stream : {false, true}) {
      const Answer answer =
          send("POST", "/v1/chat/completions",
               Json{{"model", kNames[0]},
                    {"stream", stream},
                    {"response_format", format},
                    {"messages", Json::array({{{"role", "user"}, {"content", text}}})}}
                   .dump());
      ASSERT_EQ(answer.status, 200) << answer.body;
      const std::string content =
          stream ? streamed_text(answer.body)
                 : Json::parse(answer.body)["choices"][0]["message"]["content"].get<std::string>();
      const Json parsed = Json::parse(content, nullptr, false);
      ASSERT_TRUE(parsed.is_object()) << content;
      EXPECT_EQ(parsed["said"], text);
    }
  }
  for (const std::string& body : heard()) EXPECT_THAT(body, Not(HasSubstr("MIIE")));
}

TEST_F(RedactionWallTest, WhatAnExpertObjectsToIsPutBackToo) {
  serve_parrots();
  const Answer answer = say(std::string("Bad: ") + kSecret, false, {}, kNames[0]);
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.body, HasSubstr(kSecret));
}

TEST_F(RedactionWallTest, ADecisionSaysWhoWouldHearTheRedactedForm) {
  serve_parrots();
  const std::string body =
      R"({"model":"auto","messages":[{"role":"user","content":"Write to a@secret.example"}]})";
  const Json decision = Json::parse(send("POST", "/v1/orchestrate", body).body);
  ASSERT_EQ(decision["experts"].size(), 2U) << decision;
  EXPECT_EQ(decision["experts"][0]["verdict"], "chosen");
  EXPECT_EQ(decision["experts"][0]["redacted"], true);
  EXPECT_EQ(decision["experts"][1]["verdict"], "not cleared");
  EXPECT_EQ(decision["experts"][1]["redacted"], false);
  EXPECT_THAT(heard(), IsEmpty());
}

TEST_F(RedactionWallTest, WhatNeedsNoRedactionGoesAsItIs) {
  serve_parrots();
  EXPECT_EQ(Json::parse(say("Hello <EMAIL_1>", false).body)["choices"][0]["message"]["content"],
            "Hello <EMAIL_1>");
  EXPECT_THAT(receipts().front().redacted, IsEmpty());
}

TEST_F(RedactionWallTest, WhoDoesNotRedactIsNotAsked) {
  serve_parrots();
  const Answer answer = say(kSecret, false, {}, kNames[1]);
  EXPECT_EQ(answer.status, 422);
  EXPECT_THAT(heard(), IsEmpty());
}

// A class that somebody stated is about more than what a detector finds.
TEST_F(RedactionWallTest, StatedClassesAreNotLowered) {
  serve_parrots();
  EXPECT_EQ(say(kSecret, false, {{"x-ooe-privacy", "internal"}}).status, 422);
  EXPECT_EQ(say(kSecret, false, {{"x-ooe-privacy", "publik"}}).status, 422);
  EXPECT_THAT(heard(), IsEmpty());
}

TEST_F(RedactionWallTest, WhatCannotBeReplacedIsAWall) {
  privacy::DetectorOptions options;
  options.rules = {{"falcon", "(?i)project falcon", PrivacyClass::internal}};
  serve_parrots({}, std::move(options));
  EXPECT_EQ(say(std::string("Project Falcon, ") + kSecret, false).status, 422);
  const std::string number = R"({"model":"auto","card":4539578763621486,"messages":[)"
                             R"({"role":"user","content":"hello"}]})";
  EXPECT_EQ(send("POST", "/v1/chat/completions", number).status, 422);
  EXPECT_THAT(heard(), IsEmpty());
}

TEST_F(RedactionWallTest, AnAnswerTooLongToHoldIsNotSentHalfRestored) {
  RequestRules rules;
  rules.session.hold_bytes_max = 1'000;
  serve_parrots(rules);
  const Answer answer = say(std::string(2'000, 'x') + kSecret, false);
  EXPECT_EQ(answer.status, 503) << answer.body;
  EXPECT_THAT(answer.body, HasSubstr("too_long_to_restore"));
}

}  // namespace
}  // namespace ooe::gateway
