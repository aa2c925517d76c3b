// The gateway over real sockets, in front of simulated experts: what it answers to whom.
#include "gateway/gateway.h"

#include <string>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/gateway/gateway_fixture.h"
#include "tests/http/harness.h"

namespace ooe::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(GatewayTest, AnswersWholeWithHeadersAndAReceiptThatMatchesTheExpertsLedger) {
  start();
  const Answer answer = chat(false);
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.header("x-ooe-expert"), "first");
  EXPECT_FALSE(answer.header("x-ooe-predicted-quality").empty());
  EXPECT_THAT(
      nlohmann::json::parse(answer.body)["choices"][0]["message"]["content"].get<std::string>(),
      HasSubstr("42"));
  const auto filed = receipts();
  ASSERT_EQ(filed.size(), 1U);
  EXPECT_EQ(to_hex(filed[0].id), answer.header("x-ooe-receipt"));
  EXPECT_EQ(to_string(filed[0].cost), answer.header("x-ooe-cost-usd"));
  EXPECT_EQ(filed[0].cost, simulation_->ledger(0).billed);
  EXPECT_EQ(filed[0].ending, Ending::answered);
  EXPECT_EQ(filed[0].query, query_id(kQuestion));
}

TEST_F(GatewayTest, StreamsWithACommentBeforeDoneAndUsageOnlyWhenAsked) {
  start();
  const Answer plain = chat(true);
  EXPECT_EQ(plain.header("content-type"), "text/event-stream");
  EXPECT_THAT(plain.body, ::testing::EndsWith("data: [DONE]\n\n"));
  EXPECT_THAT(plain.body, HasSubstr(": ooe {\"receipt\":\"" + plain.header("x-ooe-receipt")));
  EXPECT_THAT(plain.body, Not(HasSubstr("\"usage\":{")));
  const Answer usage = chat(true, {}, "auto", R"(,"stream_options":{"include_usage":true})");
  EXPECT_THAT(usage.body, HasSubstr("\"usage\":{"));
  Usd sum;
  for (const Receipt& receipt : receipts()) sum += receipt.cost;
  EXPECT_EQ(sum, simulation_->ledger(0).billed);
}

TEST_F(GatewayTest, ServesItsOtherRoutes) {
  start();
  EXPECT_THAT(send("GET", "/v1/models", "").body, HasSubstr(R"("id":"auto")"));
  EXPECT_THAT(send("GET", "/v1/models/auto", "").body, HasSubstr(R"({"id":"auto")"));
  EXPECT_THAT(send("GET", "/v1/models/fi%72st", "").body, HasSubstr(R"("owned_by":"expert")"));
  EXPECT_EQ(send("GET", "/v1/models/gpt-9", "").code(), "model_not_found");
  EXPECT_EQ(send("GET", "/healthz", "").status, 200);
  EXPECT_EQ(send("GET", "/readyz", "").status, 200);
  EXPECT_EQ(chat(false).status, 200);
  // The answer is on its way before its receipt is counted.
  const std::string counted = R"(ooe_requests_total{ending="answered",model="auto"} 1)";
  EXPECT_TRUE(eventually(
      [&] { return send("GET", "/metrics", "").body.find(counted) != std::string::npos; }));
  const auto decision =
      nlohmann::json::parse(send("POST", "/v1/orchestrate", chat_body(false, "auto")).body);
  EXPECT_EQ(decision["chosen"], "first");
  EXPECT_EQ(decision["experts"][1]["verdict"], "fallback");
  EXPECT_GT(decision["experts"][1]["changes_at"]["quality"], decision["experts"][1]["quality"]);
  EXPECT_TRUE(decision["experts"][1]["changes_at"]["cost_usd"].is_null());
  ASSERT_EQ(decision["nearest"].size(), 1U);
  EXPECT_EQ(decision["nearest"][0]["question"], "7");
  EXPECT_EQ(decision["nearest"][0]["scores"]["second"], 1.0);
  EXPECT_EQ(decision.dump().find("everything"), std::string::npos) << "texts stay here";
  EXPECT_EQ(chat(false, {}, "second").header("x-ooe-expert"), "second");
  EXPECT_EQ(receipts().size(), 2U) << "a decision alone files no receipt";
}

TEST_F(GatewayTest, TurnsBadRequestsAwayWithTypedErrors) {
  GatewayOptions options;
  options.server.body_bytes_max = 2'000;
  start("", options);
  struct Case {
    const char* method;
    const char* path;
    std::string body;
    http::Headers headers;
    int status;
    const char* code;
  };
  const std::string good = chat_body(false, "auto");
  const Case cases[] = {
      {"POST", "/v1/chat/completions", "{", {}, 400, "invalid_request"},
      {"POST",
       "/v1/chat/completions",
       "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"\xff\"}]}",
       {},
       400,
       "invalid_request"},
      {"POST", "/v1/chat/completions", "x", {{"content-encoding", "gzip"}}, 415, "encoded_body"},
      {"POST", "/v1/orchestrate", good, {{"Content-Encoding", "br"}}, 415, "encoded_body"},
      {"POST", "/v1/chat/completions", "{", {{"content-encoding", "identity"}}, 400, ""},
      {"POST", "/v1/chat/completions", std::string(3'000, ' ') + good, {}, 413, "body_too_large"},
      {"POST", "/v1/chat/completions", chat_body(false, "unknown"), {}, 404, "model_not_found"},
      {"POST", "/v1/chat/completions", good, {{"x-ooe-max-cost-usd", "-1"}}, 400, "invalid_header"},
      {"POST", "/v1/chat/completions", good, {{"x-ooe-max-cost-usd", ""}}, 400, "invalid_header"},
      {"POST",
       "/v1/chat/completions",
       good,
       {{"x-ooe-max-cost-usd", "1"}, {"X-OOE-Max-Cost-USD", "1"}},
       400,
       "invalid_header"},
      {"POST",
       "/v1/chat/completions",
       good,
       {{"x-ooe-max-cost-usd", "0"}},
       422,
       "no_expert_allowed"},
      {"POST", "/v1/chat/completions", good, {{"x-ooe-goal", "{}"}}, 400, "invalid_header"},
      {"POST", "/v1/chat/completions", good, {{"x-ooe-goal", ""}}, 400, "invalid_header"},
      {"POST",
       "/v1/chat/completions",
       good,
       {{"x-ooe-goal", R"({"ownership":1})"}, {"X-OOE-Goal", R"({"ownership":1})"}},
       400,
       "invalid_header"},
      {"POST",
       "/v1/chat/completions",
       R"({"model":"first","messages":[{"role":"user","content":"hello"}]})",
       {{"x-ooe-goal", R"({"ownership":1})"}},
       400,
       "invalid_header"},
      {"POST",
       "/v1/chat/completions",
       good,
       {{"x-ooe-goal", R"({"maximise":"quality","usd_per_1k_queries":0})"}},
       422,
       "impossible_goal"},
      {"GET", "/v1/chat/completions", "", {}, 405, "method_not_allowed"},
      {"POST", "/v1/embeddings", "{}", {}, 501, "not_implemented"},
      {"GET", "/dashboard", "", {}, 501, "not_implemented"},
      {"GET", "/", "", {}, 404, "unknown_route"},
  };
  for (const auto& [method, path, body, headers, status, code] : cases) {
    SCOPED_TRACE(std::string(method) + " " + path + " " + body.substr(0, 60));
    const Answer answer = send(method, path, body, headers);
    EXPECT_EQ(answer.status, status);
    if (*code != '\0') {
      EXPECT_EQ(answer.code(), code) << answer.body;
    }
    EXPECT_THAT(answer.body, HasSubstr("\"error\""));
  }
  EXPECT_EQ(simulation_->ledger(0).requests + simulation_->ledger(1).requests, 0);
}

TEST_F(GatewayTest, SaysWhichMethodsAPathTakes) {
  start();
  EXPECT_EQ(send("DELETE", "/v1/chat/completions", "").header("allow"), "POST");
  EXPECT_EQ(send("POST", "/healthz", "").header("allow"), "GET, HEAD");
  EXPECT_EQ(send("GET", "/v1/embeddings", "").header("allow"), "POST");
  EXPECT_EQ(send("HEAD", "/readyz", "").status, 200);
}

// A page of evil.example that has made its name lead here asks as one of the gateway's own origin.
TEST_F(GatewayTest, AnswersNoPageThatAsksByANameOfItsOwn) {
  const auto status_of = [this](const std::string& route, const std::string& host) {
    http::testing::RawSocket socket(gateway_->port());
    socket.send("GET " + route + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
    const std::string answer = socket.read_all();
    if (answer.starts_with("HTTP/1.1 403")) {
      EXPECT_THAT(answer, HasSubstr("\"foreign_host\""));
    }
    return answer.substr(0, 12);
  };
  start();
  for (const char* route : {"/v1/models", "/v1/models/auto", "/metrics"}) {
    EXPECT_EQ(status_of(route, "evil.example:18471"), "HTTP/1.1 403") << route;
    EXPECT_EQ(status_of(route, "localhost"), "HTTP/1.1 200") << route;
    EXPECT_EQ(status_of(route, "127.0.0.1:18471"), "HTTP/1.1 200") << route;
  }
  EXPECT_EQ(status_of("/healthz", "evil.example"), "HTTP/1.1 200");
  EXPECT_EQ(status_of("/readyz", "evil.example"), "HTTP/1.1 200");
  EXPECT_THAT(gateway_->metrics_text(), HasSubstr("code=\"foreign_host\""));
}

TEST_F(GatewayTest, WhoHasSomethingInFrontPassesItsNameOn) {
  GatewayOptions options;
  options.open_to_network = true;
  start("", options);
  http::testing::RawSocket socket(gateway_->port());
  socket.send("GET /v1/models HTTP/1.1\r\nHost: llm.example\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(socket.read_all(), ::testing::StartsWith("HTTP/1.1 200"));
}

TEST_F(GatewayTest, SaysThatAPortIsTakenAndThatTheNetworkNeedsConsent) {
  start();
  GatewayOptions options;
  options.server.listen = "127.0.0.1:" + std::to_string(gateway_->port());
  const auto taken = Gateway::start(options, serving_of(experts_, {}), clock_, *receipts_);
  ASSERT_FALSE(taken.has_value());
  EXPECT_THAT(taken.error().message, HasSubstr("in use"));
  options.server.listen = "0.0.0.0:0";
  const auto open = Gateway::start(options, serving_of(experts_, {}), clock_, *receipts_);
  ASSERT_FALSE(open.has_value());
  EXPECT_EQ(open.error().code, ErrorCode::permission_denied);
  const auto keys = *KeyRing::make("0123456789abcdef", {});
  EXPECT_TRUE(
      Gateway::start(options, serving_of(experts_, {}, keys), clock_, *receipts_).has_value())
      << "where everybody needs a key, everybody may knock";
}

}  // namespace
}  // namespace ooe::gateway
