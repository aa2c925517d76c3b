#include "experts/http_chat_client.h"

#include <array>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "base/version.h"
#include "experts/openai_dialect.h"
#include "http/server.h"

namespace ooe::experts {
namespace {

// What an expert saw of a call, and what the caller heard.
struct Exchange {
  http::Request request;
  std::optional<ChatHead> head;
  std::string body;
  bool ended = false;
  std::optional<http::Fault> fault;
};

// Calls an expert whose server gives `response`; no response: it hangs up. `drop`: the call, as
// soon as a part of the body is heard.
Exchange call(Expert expert, std::optional<http::Response> response,
              const std::string& body = "{\"model\":\"m\"}", bool drop = false) {
  Exchange seen;
  http::Loop loop;
  const std::array<http::Loop*, 1> loops{&loop};
  const auto server =
      http::Server::start(loops, {.listen = "127.0.0.1:0"},
                          [&](std::size_t, const std::shared_ptr<http::Exchange>& exchange) {
                            seen.request = exchange->request();
                            if (response) exchange->send(*response);
                          });
  EXPECT_TRUE(server.has_value());
  expert.name = "e";
  expert.base_url = "http://127.0.0.1:" + std::to_string((*server)->port()) + "/v1/";
  const auto catalogue = Catalogue::make({expert});
  EXPECT_TRUE(catalogue.has_value());
  auto endpoints = resolve_endpoints(*catalogue);
  EXPECT_TRUE(endpoints.has_value()) << endpoints.error().message;
  const SystemClock clock;
  HttpChatClient client(loop, clock, std::make_shared<const Endpoints>(std::move(*endpoints)));
  std::unique_ptr<http::Call> pending;
  ChatHandlers handlers{.on_head = [&](const ChatHead& head) { seen.head = head; },
                        .on_bytes =
                            [&](std::string_view b) {
                              seen.body += b;
                              if (!drop) return;
                              pending.reset();
                              loop.post([&] { loop.stop(); });
                            },
                        .on_end =
                            [&] {
                              seen.ended = true;
                              loop.stop();
                            },
                        .on_fault =
                            [&](http::Fault fault, const std::string&) {
                              seen.fault = fault;
                              loop.stop();
                            }};
  pending = client.start(catalogue->experts()[0], body, {}, std::move(handlers));
  loop.run();
  return seen;
}

TEST(HttpChatClient, SpeaksAnthropicsDialectForItsCallers) {
  ::setenv("OOE_CHAT_CLIENT_TEST_KEY", "sk-ant", 1);
  Expert expert;
  expert.api_key_env = "OOE_CHAT_CLIENT_TEST_KEY";
  expert.dialect = Dialect::anthropic;
  const http::Headers json{{"Content-Type", "application/json"}};
  const std::string message =
      R"({"id":"i","type":"message","content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":2}})";
  const std::string request = R"({"model":"m","messages":[{"role":"user","content":"Hello"}]})";
  const Exchange seen = call(expert, http::Response{.headers = json, .body = message}, request);
  EXPECT_EQ(seen.request.target, "/v1/messages");
  EXPECT_EQ(http::find_header(seen.request.headers, "x-api-key"), "sk-ant");
  EXPECT_EQ(http::find_header(seen.request.headers, "authorization"), "");
  EXPECT_EQ(http::find_header(seen.request.headers, "anthropic-version"), "2023-06-01");
  EXPECT_NE(seen.request.body.find("\"max_tokens\":4096"), std::string::npos);
  EXPECT_EQ(parse_answer(seen.body)->text, "Hi");
  EXPECT_TRUE(seen.ended);

  // Whose longest answer is known: nobody means that it be cut at another length.
  expert.output_tokens_max = 32'000;
  const Exchange longest = call(expert, http::Response{.headers = json, .body = message}, request);
  EXPECT_NE(longest.request.body.find("\"max_tokens\":32000"), std::string::npos);
  // Nor that more be asked for than the context leaves, which is refused there.
  expert.context_tokens = 20'000;
  const std::string long_request = R"({"model":"m","messages":[{"role":"user","content":")" +
                                   std::string(30'000, 'a') + R"("}]})";
  const Exchange fitting =
      call(expert, http::Response{.headers = json, .body = message}, long_request);
  EXPECT_NE(fitting.request.body.find("\"max_tokens\":" +
                                      std::to_string(20'000 - long_request.size() / 3)),
            std::string::npos);

  const Exchange refused =
      call(expert,
           http::Response{.status = 529,
                          .headers = json,
                          .body = R"({"type":"error","error":{"type":"x","message":"full"}})"},
           request);
  EXPECT_EQ(refused.head->status, 529);
  EXPECT_EQ(error_message(refused.body), "full");

  const http::Headers events{{"Content-Type", "text/event-stream; charset=utf-8"}};
  const Exchange streamed =
      call(expert,
           http::Response{.headers = events,
                          .body = "event: message_start\ndata: "
                                  R"({"type":"message_start","message":{"id":"i","model":"m"}})"
                                  "\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"},
           request);
  EXPECT_NE(streamed.body.find("\"role\":\"assistant\""), std::string::npos);
  EXPECT_TRUE(streamed.body.ends_with("data: [DONE]\n\n")) << streamed.body;

  const Exchange unsayable = call(expert, http::Response{}, R"({"model":"m","messages":[],"n":3})");
  EXPECT_EQ(unsayable.head->status, 400);
  EXPECT_NE(error_message(unsayable.body).find("n = 3"), std::string::npos);
  EXPECT_TRUE(unsayable.request.target.empty()) << "nobody was asked";
}

// A body that is translated comes at its end: whoever drops the call over it hears of no end.
TEST(HttpChatClient, TellsNothingMoreOfACallThatIsDroppedOverItsBody) {
  Expert expert;
  expert.dialect = Dialect::anthropic;
  const http::Response failed{.status = 400,
                              .headers = {{"Content-Type", "application/json"}},
                              .body = R"({"type":"error","error":{"type":"x","message":"no"}})"};
  for (const char* body : {R"({"model":"m","messages":[{"role":"user","content":"Hello"}]})",
                           R"({"model":"m","messages":[],"n":3})"}) {
    const Exchange seen = call(expert, failed, body, true);
    EXPECT_EQ(seen.head->status, 400) << body;
    EXPECT_FALSE(seen.body.empty()) << body;
    EXPECT_FALSE(seen.ended) << body;
  }
}

TEST(HttpChatClient, KeepsAzuresQueryBehindThePath) {
  EXPECT_EQ(url_under("https://h/v1", "/chat/completions"), "https://h/v1/chat/completions");
  EXPECT_EQ(url_under("https://r.openai.azure.com/openai/deployments/gpt?api-version=2024-10-21",
                      "/chat/completions"),
            "https://r.openai.azure.com/openai/deployments/gpt/chat/completions"
            "?api-version=2024-10-21");
  ::setenv("OOE_CHAT_CLIENT_TEST_KEY", "azure-key", 1);
  Expert expert;
  expert.name = "gpt";
  expert.api_key_env = "OOE_CHAT_CLIENT_TEST_KEY";
  expert.base_url = "https://r.openai.azure.com/openai/deployments/gpt?api-version=2024-10-21";
  const auto endpoints = resolve_endpoints(*Catalogue::make({expert}));
  ASSERT_TRUE(endpoints.has_value());
  EXPECT_EQ(endpoints->at("gpt").key_header, "api-key");
}

TEST(HttpChatClient, PostsToTheChatEndpointWithTheKey) {
  ::setenv("OOE_CHAT_CLIENT_TEST_KEY", "sk-1", 1);
  Expert expert;
  expert.api_key_env = "OOE_CHAT_CLIENT_TEST_KEY";
  const Exchange seen = call(
      expert,
      http::Response{.status = 200, .headers = {{"Content-Type", "text/plain"}}, .body = "hello"});
  EXPECT_EQ(seen.request.method, "POST");
  EXPECT_EQ(seen.request.target, "/v1/chat/completions");
  EXPECT_EQ(seen.request.body, "{\"model\":\"m\"}");
  EXPECT_EQ(http::find_header(seen.request.headers, "authorization"), "Bearer sk-1");
  EXPECT_EQ(http::find_header(seen.request.headers, "content-type"), "application/json");
  EXPECT_EQ(http::find_header(seen.request.headers, "user-agent"), "ooe/" + std::string(kVersion));
  ASSERT_TRUE(seen.head.has_value());
  EXPECT_EQ(seen.head->status, 200);
  EXPECT_EQ(seen.head->content_type, "text/plain");
  EXPECT_FALSE(seen.head->retry_after.has_value());
  EXPECT_EQ(seen.body, "hello");
  EXPECT_TRUE(seen.ended);
}

TEST(HttpChatClient, SendsNoAuthorizationWithoutAKey) {
  const Exchange seen = call({}, http::Response{.status = 200, .headers = {}, .body = ""});
  EXPECT_EQ(http::find_header(seen.request.headers, "authorization"), "");
}

TEST(HttpChatClient, TellsWhenToComeBack) {
  const Exchange seen =
      call({}, http::Response{.status = 429, .headers = {{"Retry-After", "7"}}, .body = "later"});
  ASSERT_TRUE(seen.head.has_value());
  EXPECT_EQ(seen.head->status, 429);
  EXPECT_EQ(seen.head->retry_after, std::chrono::seconds(7));
}

TEST(HttpChatClient, ReadsOpenAisOwnWordForWhenToComeBack) {
  const http::Headers both{{"retry-after-ms", "1500"}, {"retry-after", "60"}};
  EXPECT_EQ(call({}, http::Response{.status = 429, .headers = both}).head->retry_after,
            std::chrono::seconds(2));
  const http::Headers broken{{"retry-after-ms", "soon"}, {"retry-after", "60"}};
  EXPECT_EQ(call({}, http::Response{.status = 429, .headers = broken}).head->retry_after,
            std::chrono::seconds(60));
}

TEST(HttpChatClient, TellsWhatTheOperatorCallsTheCallAndHowItIsEncoded) {
  const http::Headers headers{{"X-Request-Id", "req_ 1\xe9" + std::string(200, 'a')},
                              {"Content-Encoding", "GZip"}};
  const Exchange seen = call({}, http::Response{.status = 200, .headers = headers});
  EXPECT_EQ(seen.head->request_id, "req_1" + std::string(121, 'a')) << "printable, and bounded";
  EXPECT_EQ(seen.head->encoding, "gzip");
  const Exchange plain = call(
      {}, http::Response{.status = 200,
                         .headers = {{"request-id", "req_2"}, {"content-encoding", "identity"}}});
  EXPECT_EQ(plain.head->request_id, "req_2");
  EXPECT_EQ(plain.head->encoding, "");
}

TEST(HttpChatClient, PassesFaultsThrough) {
  const Exchange seen = call({}, std::nullopt);
  EXPECT_EQ(seen.fault, http::Fault::cut);
  EXPECT_FALSE(seen.head.has_value());
}

TEST(HttpChatClient, DoesNotStartWithoutAKeyItNeeds) {
  Expert expert;
  expert.name = "closed";
  expert.base_url = "https://api.example.com/v1";
  expert.api_key_env = "OOE_CHAT_CLIENT_TEST_UNSET";
  const auto endpoints = resolve_endpoints(*Catalogue::make({expert}));
  ASSERT_FALSE(endpoints.has_value());
  EXPECT_NE(endpoints.error().message.find("closed"), std::string::npos);
}

}  // namespace
}  // namespace ooe::experts
