// The gateway over real sockets, in front of simulated experts that fail on request.
#include "gateway/gateway.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/gateway/gateway_fixture.h"

namespace ooe::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

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

TEST_F(GatewayTest, AGoalInTheHeaderTakesThePlaceOfTheModels) {
  start();
  EXPECT_EQ(chat(false).header("x-ooe-expert"), "first");
  EXPECT_EQ(chat(false, {{"x-ooe-goal", R"({"ownership":1})"}}).header("x-ooe-expert"), "second");
  EXPECT_EQ(chat(false, {{"x-ooe-goal", R"({"maximise":"quality"})"}}).header("x-ooe-expert"),
            "first");
  // The nearest goal that can be met is named, and can be met.
  const Answer answer =
      chat(false, {{"x-ooe-goal", R"({"maximise":"quality","usd_per_1k_queries":0.0001})"}});
  EXPECT_EQ(answer.status, 422);
  const std::string told = "always the cheapest expert costs ";
  const auto at = answer.body.find(told);
  ASSERT_NE(at, std::string::npos) << answer.body;
  const double nearest = std::stod(answer.body.substr(at + told.size()));
  EXPECT_EQ(
      chat(false, {{"x-ooe-goal",
                    fmt::format(R"({{"maximise":"quality","usd_per_1k_queries":{}}})", nearest)}})
          .status,
      200);
}

// The same question over and over: any fixed trade-off would send all of it to one expert.
TEST_F(GatewayTest, AShareIsKeptByPacingAndSurvivesAReload) {
  goal_.aim = OwnershipShare{0.5};
  start();
  const auto own_of = [&](int requests) {
    int own = 0;
    for (int i = 0; i < requests; ++i) own += chat(false).header("x-ooe-expert") == "second";
    return own;
  };
  // Until it has found the only aim at which this question is undecided, all go to one side.
  own_of(400);
  EXPECT_NEAR(own_of(200), 100, 20);
  const auto reloaded =
      gateway_->reload(serving_of(experts_, {}, std::nullopt, Goal{OwnershipShare{0.5}, {}, {}}));
  ASSERT_TRUE(reloaded.has_value());
  EXPECT_NEAR(own_of(200), 100, 20);
}

TEST_F(GatewayTest, ADeadlineIsHeldAgainstThePaceThatWasSeen) {
  goal_.first_token = milliseconds(10);
  start("#slow-drip");  // its first word stands some 400 bytes behind the head, at 16 a millisecond
  EXPECT_EQ(chat(true).header("x-ooe-expert"), "first") << "nothing is known of it yet";
  EXPECT_EQ(chat(true).header("x-ooe-expert"), "second");
  const auto decision =
      nlohmann::json::parse(send("POST", "/v1/orchestrate", chat_body(true, "auto")).body);
  EXPECT_EQ(decision["experts"][0]["verdict"], "too slow");
  EXPECT_GE(decision["experts"][0]["first_token_ms"], 10);
}

TEST_F(GatewayTest, NoAnswerIsExpectedToBeLongerThanTheClientAllows) {
  start();
  const auto tokens = [&](const std::string& more) {
    const std::string body =
        R"({"model":"auto","messages":[{"role":"user","content":"Why?"}])" + more + "}";
    const auto decision = nlohmann::json::parse(send("POST", "/v1/orchestrate", body).body);
    return decision["experts"][0]["output_tokens"].get<double>();
  };
  EXPECT_GT(tokens(""), 7.0);
  EXPECT_EQ(tokens(R"(,"max_tokens":7)"), 7.0);
}

// Two experts: whoever is not predicted to be the better one goes first on a fifth of the requests,
// and the receipts say so. Pinned, private and goal-stating requests are nobody's experiment.
TEST_F(GatewayTest, ExploresOnABoundedShareAndSaysHowProbableItWas) {
  explore_ = {.share = 0.2, .within = 1.0};
  start();
  int second = 0;
  constexpr int kRequests = 200;
  for (int i = 0; i < kRequests; ++i) second += chat(false).header("x-ooe-expert") == "second";
  EXPECT_NEAR(second, 40, 28);  // five standard deviations
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(chat(false, {}, "first").header("x-ooe-expert"), "first");
    EXPECT_EQ(chat(false, {{"x-ooe-privacy", "confidential"}}).header("x-ooe-expert"), "second");
    EXPECT_EQ(chat(false, {{"x-ooe-goal", R"({"maximise":"quality"})"}}).header("x-ooe-expert"),
              "first");
  }
  int explored = 0;
  for (const Receipt& receipt : receipts()) {
    const bool free = receipt.model == "auto" && receipt.privacy == PrivacyClass::public_;
    if (receipt.chosen == "second" && free) {
      EXPECT_EQ(receipt.propensity, 0.2);
      ++explored;
    } else {
      EXPECT_THAT(receipt.propensity, ::testing::AnyOf(0.8, 1.0));
    }
  }
  EXPECT_EQ(explored, second);
}

TEST_F(GatewayTest, SaysWhichMethodsAPathTakes) {
  start();
  EXPECT_EQ(send("DELETE", "/v1/chat/completions", "").header("allow"), "POST");
  EXPECT_EQ(send("POST", "/healthz", "").header("allow"), "GET, HEAD");
  EXPECT_EQ(send("GET", "/v1/embeddings", "").header("allow"), "POST");
  EXPECT_EQ(send("HEAD", "/readyz", "").status, 200);
}

TEST_F(GatewayTest, NeverAsksAnExpertThatIsNotCleared) {
  start("#500");  // even when the cleared one fails
  EXPECT_EQ(chat(false, {{"x-ooe-privacy", "confidential"}}).header("x-ooe-expert"), "second");
  for (const http::Headers& headers :
       {http::Headers{{"x-ooe-privacy", "restricted"}}, http::Headers{{"x-ooe-privacy", "typo"}},
        http::Headers{{"x-ooe-privacy", "public"}, {"x-ooe-privacy", "public"}}}) {
    const Answer answer = chat(false, headers);
    EXPECT_EQ(answer.status, 422);
    EXPECT_THAT(answer.body, HasSubstr("first: not cleared"));
  }
  EXPECT_EQ(chat(false, {{"x-ooe-privacy", "confidential"}}, "first").status, 422) << "pinned too";
  EXPECT_EQ(simulation_->ledger(0).requests, 0);
  EXPECT_EQ(simulation_->ledger(1).requests, 1);
}

// DESIGN, "What every fault gets": before the commit point an answer from the next expert, after it
// a broken stream.
TEST_F(GatewayTest, GivesEveryFaultWhatItDeserves) {
  RequestRules rules;
  rules.experts.head = milliseconds(300);
  rules.experts.stall = milliseconds(300);
  rules.session.first_token = milliseconds(300);
  start("", {}, rules);
  stop();
  gateway_.reset();
  receipts_.reset();
  struct Case {
    const char* fault;
    bool streamed;
    bool second_answers;  // else the client sees the answer of `first` break off
    const char* recorded;
  };
  const Case cases[] = {
      {"#429", false, true, "http_429"},
      {"#429", true, true, "http_429"},
      {"#500", false, true, "http_500"},
      {"#500", true, true, "http_500"},
      {"#context-length", false, true, "http_400"},
      {"#context-length", true, true, "http_400"},
      {"#silence", false, true, "head_timeout"},
      {"#stall", false, true, "stalled"},
      {"#stall", true, true, ""},
      {"#early-close", false, true, ""},
      {"#malformed", false, true, "malformed_body"},
      {"#error-event", false, true, "malformed_body"},
      {"#cut-after-1", true, true, "cut"},
      {"#cut-after-3", true, false, "cut"},
      {"#early-close", true, false, "cut"},
      {"#malformed", true, false, "malformed_event"},
      {"#error-event", true, false, "error_event"},
  };
  for (const auto& [fault, streamed, second_answers, recorded] : cases) {
    SCOPED_TRACE(std::string(fault) + (streamed ? " streamed" : " whole"));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    std::vector<Expert> experts(2);
    for (std::size_t i = 0; i < 2; ++i) {
      experts[i].name = kNames[i];
      experts[i].model = kNames[i] + std::string(i == 0 ? fault : "");
      experts[i].base_url = "http://127.0.0.1:" + std::to_string(simulation_->ports()[i]) + "/v1";
      experts[i].prices = world_.experts[i].prices;
    }
    serve(std::move(experts), {}, rules);
    const Answer answer = chat(streamed);
    EXPECT_EQ(answer.status, 200) << answer.body;
    const auto filed = receipts();
    gateway_.reset();
    receipts_.reset();
    ASSERT_EQ(filed.size(), 1U);
    const Receipt& receipt = filed.front();
    ASSERT_FALSE(receipt.attempts.empty());
    if (*recorded != '\0') {
      EXPECT_EQ(receipt.attempts.front().fault, recorded);
    }
    EXPECT_FALSE(receipt.attempts.front().fault.empty());
    if (second_answers) {
      EXPECT_FALSE(answer.fault.has_value());
      EXPECT_EQ(answer.header("x-ooe-expert"), "second");
      EXPECT_EQ(receipt.answered_by, "second");
      EXPECT_EQ(receipt.ending, Ending::answered);
    } else {
      EXPECT_EQ(answer.fault, http::Fault::cut) << answer.body;
      EXPECT_EQ(answer.header("x-ooe-expert"), "first");
      EXPECT_THAT(answer.body, HasSubstr("upstream_truncated"));
      EXPECT_THAT(answer.body, Not(HasSubstr("[DONE]")));
      EXPECT_EQ(receipt.ending, Ending::upstream_truncated);
      EXPECT_GT(receipt.cost, Usd{0});
    }
  }
}

TEST_F(GatewayTest, AnUnreachableExpertIsReplacedAndAfterAWhileLeftAlone) {
  start("unreachable");
  for (int i = 0; i < 24; ++i) EXPECT_EQ(chat(false).header("x-ooe-expert"), "second");
  EXPECT_THAT(send("GET", "/metrics", "").body,
              HasSubstr(R"(ooe_expert_calls_total{expert="first",fault="connect"})"));
  std::size_t left_alone = 0;
  for (const Receipt& receipt : receipts()) left_alone += receipt.attempts.size() == 1 ? 1 : 0;
  EXPECT_GT(left_alone, 0U) << "the breaker opened";
}

TEST_F(GatewayTest, IsNotReadyWhileEveryExpertIsOutWhicheverWorkerFoundOut) {
  start("#500");
  const auto ready = [&] { return send("GET", "/readyz", "").status == 200; };
  const auto ask = [&](const std::string& model) {
    for (int i = 0; i < 20; ++i) static_cast<void>(chat(false, {}, model));
  };
  ask("first");
  EXPECT_TRUE(ready()) << "the second one is well";
  simulation_loop_.stop();  // it does not answer any more
  simulation_thread_.join();
  simulation_.reset();
  ask("second");
  for (int i = 0; i < 4; ++i) {  // both workers take their turn
    const Answer answer = send("GET", "/readyz", "");
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.code(), "experts_out");
    EXPECT_EQ(chat(false).code(), "no_expert_allowed") << "nobody is asked in vain";
  }
}

// Some servers keep the connection open after [DONE]. Their framing never ends, the answer has.
TEST_F(GatewayTest, EndsAnAnswerAtDoneThoughTheExpertKeepsTheConnectionOpen) {
  http::Loop loop;
  http::Loop* const loops[] = {&loop};
  std::vector<std::shared_ptr<http::Exchange>> open;
  std::atomic<bool> given_up = false;
  auto lingering = http::Server::start(
      loops, {.listen = "127.0.0.1:0"}, [&](std::size_t, std::shared_ptr<http::Exchange> exchange) {
        exchange->send_head(200, {{"content-type", "text/event-stream"}});
        exchange->send_chunk(
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hi\"}}]}\n\n"
            "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}\n\n"
            "data: [DONE]\n\n");
        exchange->on_gone([&] { given_up = true; });
        open.push_back(std::move(exchange));
      });
  ASSERT_TRUE(lingering.has_value());
  std::thread thread([&] { loop.run(); });
  start();
  stop();
  std::vector<Expert> experts(1);
  experts[0].name = kNames[0];
  experts[0].base_url = "http://127.0.0.1:" + std::to_string((*lingering)->port()) + "/v1";
  experts[0].prices = world_.experts[0].prices;
  RequestRules rules;
  rules.experts.stall = milliseconds(60'000);
  serve(std::move(experts), {}, rules);
  const auto before = clock_.now();
  const Answer answer = chat(true);
  EXPECT_LT(clock_.now() - before, std::chrono::seconds(5));
  EXPECT_FALSE(answer.fault.has_value());
  EXPECT_THAT(answer.body, ::testing::EndsWith("data: [DONE]\n\n"));
  EXPECT_TRUE(eventually([&] { return given_up.load(); })) << "in bounded time";
  loop.stop();
  thread.join();
  open.clear();
  const auto filed = receipts();
  ASSERT_EQ(filed.size(), 1U);
  EXPECT_EQ(filed[0].ending, Ending::answered);
  EXPECT_FALSE(filed[0].attempts[0].tokens.estimated);
}

TEST_F(GatewayTest, AClientThatLeavesCancelsTheExpertAtOnce) {
  start("#slow-drip");
  const Answer answer =
      send("POST", "/v1/chat/completions", chat_body(true, "first"), {}, /*leave=*/true);
  EXPECT_EQ(answer.status, 200);
  const auto filed = receipts();
  ASSERT_EQ(filed.size(), 1U);
  EXPECT_EQ(filed[0].ending, Ending::client_gone);
}

TEST_F(GatewayTest, IsFullRatherThanSlow) {
  GatewayOptions options;
  options.requests_max = 1;
  start("#silence", options);
  std::thread waiting([&] { static_cast<void>(chat(false, {}, "first")); });
  ASSERT_TRUE(eventually([&] { return simulation_->ledger(0).requests == 1; }));
  const Answer answer = chat(false, {}, "second");
  EXPECT_EQ(answer.code(), "overloaded");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.header("retry-after"), "1");
  gateway_->stop(milliseconds(50));  // the waiting one is broken off, and has its receipt
  waiting.join();
  const auto filed = receipts();
  ASSERT_EQ(filed.size(), 1U) << "who was turned away at the door has none";
  EXPECT_EQ(filed[0].ending, Ending::shut_down) << to_string(filed[0].ending);
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

TEST_F(GatewayTest, ReloadsUnderLoadWithoutDroppingARequest) {
  start();
  std::atomic<bool> enough = false;
  std::atomic<int> answered = 0;
  std::atomic<int> failed = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 3; ++i) {
    clients.emplace_back([&, i] {
      while (!enough) ++(chat(i == 0).status == 200 ? answered : failed);
    });
  }
  std::vector<Expert> fewer{experts_[0]};
  for (int reload = 0; reload < 100; ++reload) {
    RequestRules rules;
    rules.fallbacks_max = static_cast<std::size_t>(reload % 3);
    ASSERT_TRUE(gateway_->reload(serving_of(reload % 2 == 0 ? fewer : experts_, rules)));
    const int before = answered;
    ASSERT_TRUE(eventually([&] { return answered > before; }));
  }
  enough = true;
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(failed, 0);
  EXPECT_GE(answered, 100);
  EXPECT_THAT(send("GET", "/metrics", "").body, HasSubstr(R"(ooe_reloads_total{result="ok"} 100)"));
  stop();
  EXPECT_EQ(receipts_->counts().written, answered) << "a receipt for each";
}

// Whoever could still send a request gets its answer; all others find the door shut.
TEST_F(GatewayTest, StopsWithoutRefusingARequestThatCame) {
  start();
  std::atomic<int> answered = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 16; ++i) {
    clients.emplace_back([&, i] {
      while (true) {
        const Answer answer = chat(i % 2 == 0);
        if (answer.status == 0) return;
        ++(answer.status == 200 && !answer.fault ? answered : refused);
      }
    });
  }
  ASSERT_TRUE(eventually([&] { return answered > 20; }));
  clock_.delay = std::chrono::microseconds(10'000);  // the workers fall behind
  std::this_thread::sleep_for(milliseconds(100));
  stop();
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(refused, 0);
  EXPECT_EQ(receipts_->counts().written, answered) << "a receipt for each";
}

TEST_F(GatewayTest, ARequestEndsWithWhatItBeganWith) {
  start("#slow-drip");
  Answer answer;
  std::thread client([&] { answer = chat(true, {}, "first"); });
  ASSERT_TRUE(eventually([&] { return simulation_->ledger(0).requests == 1; }));
  ASSERT_TRUE(gateway_->reload(serving_of({experts_[1]}, {})));
  ASSERT_TRUE(eventually([&] { return chat(false, {}, "first").status == 404; }))
      << "it is gone for new ones";
  client.join();
  EXPECT_FALSE(answer.fault.has_value());
  EXPECT_EQ(answer.header("x-ooe-expert"), "first");
  EXPECT_THAT(answer.body, ::testing::EndsWith("data: [DONE]\n\n"));
}

TEST_F(GatewayTest, AReloadForgetsNoBreakerAndKeepsTheNetworkClosed) {
  start("#500");
  for (int i = 0; i < 20; ++i) static_cast<void>(chat(false, {}, "first"));
  const int asked = static_cast<int>(simulation_->ledger(0).requests);
  std::vector<Expert> turned{experts_[1], experts_[0]};  // another order
  ASSERT_TRUE(gateway_->reload(serving_of(turned, {})));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(chat(false, {}, "first").status, 503);
  EXPECT_EQ(static_cast<int>(simulation_->ledger(0).requests), asked) << "still left alone";
  turned[1].model = "first";  // it is another expert now
  ASSERT_TRUE(gateway_->reload(serving_of(turned, {})));
  EXPECT_TRUE(eventually([&] { return chat(false, {}, "first").status == 200; }));
}

// A key with `limits` in force from start() on.
class KeyedGatewayTest : public GatewayTest {
 protected:
  http::Headers add_key(const std::string& name, const KeyLimits& limits = {},
                        std::vector<std::string> models = {}) {
    auto key = make_key(kPepper, name);
    key.entry.limits = limits;
    key.entry.models = std::move(models);
    auto all = keys_ ? keys_->keys() : std::vector<ApiKey>();
    all.push_back(key.entry);
    keys_ = *KeyRing::make(kPepper, std::move(all));
    return {{"authorization", "Bearer " + key.text}};
  }

  static constexpr const char* kPepper = "a secret of the test";
};

TEST_F(KeyedGatewayTest, AsksEverybodyForAKeyAndNamesItInTheReceipt) {
  const auto alice = add_key("alice");
  auto gone = make_key(kPepper, "gone");
  gone.entry.revoked = true;
  auto all = keys_->keys();
  all.push_back(gone.entry);
  keys_ = *KeyRing::make(kPepper, std::move(all));
  start();
  for (const http::Headers& headers :
       {http::Headers{}, http::Headers{{"authorization", "Bearer x"}},
        http::Headers{alice[0], alice[0]},
        http::Headers{{"authorization", "Bearer " + gone.text}}}) {
    const Answer answer = chat(false, headers);
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(answer.code(), "invalid_api_key");
    EXPECT_EQ(answer.header("www-authenticate"), "Bearer");
    EXPECT_EQ(send("GET", "/v1/models", "", headers).status, 401);
    EXPECT_EQ(send("GET", "/metrics", "", headers).status, 401);
    EXPECT_EQ(send("GET", "/healthz", "", headers).status, 200);
  }
  EXPECT_EQ(simulation_->ledger(0).requests + simulation_->ledger(1).requests, 0);
  EXPECT_EQ(chat(false, alice).status, 200);
  const auto filed = receipts();
  ASSERT_EQ(filed.size(), 1U);
  EXPECT_EQ(filed[0].key, "alice");
}

TEST_F(KeyedGatewayTest, AKeyAsksForItsModelsOnlyAndSeesNoOthers) {
  const auto alice = add_key("alice", {}, {"second"});
  start();
  EXPECT_EQ(chat(false, alice, "second").status, 200);
  EXPECT_EQ(chat(false, alice, "first").code(), "model_not_found");
  EXPECT_EQ(chat(false, alice, "auto").code(), "model_not_found");
  const Answer models = send("GET", "/v1/models", "", alice);
  EXPECT_THAT(models.body, HasSubstr(R"("id":"second")"));
  EXPECT_THAT(models.body, Not(HasSubstr("first")));
}

TEST_F(KeyedGatewayTest, AKeysPrivacyFloorHoldsWhateverItsHeaderSays) {
  auto alice = make_key(kPepper, "alice");
  alice.entry.privacy_floor = PrivacyClass::confidential;
  keys_ = *KeyRing::make(kPepper, {alice.entry});
  start();
  const http::Headers headers{{"authorization", "Bearer " + alice.text},
                              {"x-ooe-privacy", "public"}};
  EXPECT_EQ(chat(false, headers).header("x-ooe-expert"), "second");
  EXPECT_EQ(simulation_->ledger(0).requests, 0);
}

TEST_F(KeyedGatewayTest, AReloadRevokesAndKeepsTheAccounts) {
  const auto alice = add_key("alice", {.requests_per_minute = 2});
  start();
  EXPECT_EQ(chat(false, alice).status, 200);
  auto changed = keys_->keys();
  changed[0].limits.requests_per_minute = 1;
  ASSERT_TRUE(gateway_->reload(serving_of(experts_, {}, *KeyRing::make(kPepper, changed))));
  EXPECT_TRUE(eventually([&] { return chat(false, alice).code() == "rate_limited"; }));
  changed[0].revoked = true;
  ASSERT_TRUE(gateway_->reload(serving_of(experts_, {}, *KeyRing::make(kPepper, changed))));
  EXPECT_TRUE(eventually([&] { return chat(false, alice).status == 401; }));
}

TEST_F(KeyedGatewayTest, StopsAtTheBudgetAndAtTheRate) {
  const auto poor = add_key("poor", {.per_day_max = Usd{1'000'000}});  // a tenth of a cent
  const auto broke = add_key("broke", {.per_month_max = Usd{0}});
  const auto slow = add_key("slow", {.requests_per_minute = 1});
  start();
  EXPECT_EQ(chat(false, broke).code(), "budget_exhausted");
  EXPECT_EQ(chat(false, slow).status, 200);
  const Answer again = chat(false, slow);
  EXPECT_EQ(again.status, 429);
  EXPECT_EQ(again.code(), "rate_limited");
  EXPECT_GT(std::stoi(again.header("retry-after")), 50);
  int answered = 0;
  Answer answer;
  // An answer is there a moment before its bill is settled, so a first refusal may come too early.
  for (int refused = 0; refused < 3 && answered < 1'000;) {
    answer = chat(false, poor, "second", R"(,"max_tokens":100)");
    if (answer.status == 200) {
      ++answered;
    } else {
      ++refused;
      std::this_thread::sleep_for(milliseconds(20));
    }
  }
  EXPECT_GT(answered, 0);
  EXPECT_NE(answer.status, 200) << "the budget ended it";
  Usd spent;
  for (const Receipt& receipt : receipts()) {
    if (receipt.key == "poor") spent += receipt.cost;
  }
  EXPECT_LE(spent, Usd{1'000'000});
  EXPECT_GT(spent, Usd{400'000}) << "much of it was of use";
}

}  // namespace
}  // namespace ooe::gateway
