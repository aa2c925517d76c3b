// Chats that do not go as they should, over real sockets: experts that fail, linger or are gone, a
// client that leaves, a gateway that is full.
#include "gateway/live_chat.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <spdlog/sinks/ostream_sink.h>

#include "base/log.h"
#include "http/via.h"
#include "tests/gateway/scripted_expert.h"
#include "tests/http/harness.h"

namespace ooe::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

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
    const Answer refused = chat(false);
    EXPECT_EQ(refused.code(), "no_expert_allowed") << "nobody is asked in vain";
    EXPECT_THAT(refused.header("retry-after"), ::testing::AnyOf("1", "2", "3", "4", "5"));
  }
}

TEST_F(GatewayTest, SaysWhenToComeBackToAnExpertThatIsLeftAlone) {
  start("#500");
  Answer answer = chat(false, {}, "first");
  EXPECT_EQ(answer.code(), "experts_failed");
  EXPECT_EQ(answer.header("retry-after"), "") << "it may be back at once";
  for (int i = 0; i < 20 && answer.code() == "experts_failed"; ++i) {
    if (!answer.header("retry-after").empty()) break;  // the failure that opened the breaker
    answer = chat(false, {}, "first");
  }
  EXPECT_EQ(answer.code(), "experts_failed");
  EXPECT_EQ(answer.header("retry-after"), "5") << "the breaker's first pause";
  EXPECT_THAT(send("GET", "/metrics", "").body,
              ::testing::AllOf(HasSubstr(R"(ooe_breaker_open{expert="first"} 1)"),
                               HasSubstr(R"(ooe_breaker_open{expert="second"} 0)")));
}

const std::string kHi = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hi\"}}]}\n\n";

// A model that is loaded first: `first_token_timeout_ms` is raised for it, and stalls come later.
TEST_F(ScriptedExpertTest, AStreamMayBeSilentBeforeItsFirstWordsForAsLongAsItMayTakeToSayThem) {
  RequestRules rules;
  rules.experts.stall = rules.session.stall = milliseconds(200);
  rules.session.first_token = milliseconds(8'000);
  http::Timer loaded(loop_);
  serve_by(
      [&](std::shared_ptr<http::Exchange> exchange) {
        exchange->send_head(200, {{"content-type", "text/event-stream"}});
        exchange->send_chunk(R"(data: {"choices":[{"index":0,"delta":{"role":"assistant"}}]})"
                             "\n\n");
        loaded.arm(milliseconds(700), [exchange = std::move(exchange)] {
          exchange->send_chunk(kHi + "data: [DONE]\n\n");
          exchange->finish();
        });
      },
      rules);
  const Answer answer = chat(true);
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_THAT(answer.body, ::testing::EndsWith("data: [DONE]\n\n"));
  end_expert();
}

TEST_F(ScriptedExpertTest, DoesNotAskItself) {
  serve_by([](std::shared_ptr<http::Exchange> exchange) { exchange->send({200, {}, "{}"}); });
  const Answer answer = send("POST", "/v1/chat/completions", chat_body(false, "auto"),
                             {{"via", "1.1 front, " + http::own_via()}});
  EXPECT_EQ(answer.status, 508);
  EXPECT_EQ(answer.code(), "loop_detected");
  EXPECT_TRUE(receipts().empty());
}

// Some servers keep the connection open after [DONE]. Their framing never ends, the answer has.
TEST_F(ScriptedExpertTest, EndsAnAnswerAtDoneThoughTheExpertKeepsTheConnectionOpen) {
  std::vector<std::shared_ptr<http::Exchange>> open;
  std::atomic<bool> given_up = false;
  RequestRules rules;
  rules.experts.stall = milliseconds(60'000);
  serve_by(
      [&](std::shared_ptr<http::Exchange> exchange) {
        exchange->send_head(200, {{"content-type", "Text/Event-Stream; charset=utf-8"}});
        exchange->send_chunk(
            kHi +
            "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}\n\n"
            "data: [DONE]\n\n");
        exchange->on_gone([&] { given_up = true; });
        open.push_back(std::move(exchange));
      },
      rules);
  const auto before = clock_.now();
  const Answer answer = chat(true);
  EXPECT_LT(clock_.now() - before, std::chrono::seconds(5));
  EXPECT_FALSE(answer.fault.has_value());
  EXPECT_THAT(answer.body, ::testing::EndsWith("data: [DONE]\n\n"));
  EXPECT_TRUE(eventually([&] { return given_up.load(); })) << "in bounded time";
  end_expert();
  open.clear();
  const auto filed = receipts();
  ASSERT_EQ(filed.size(), 1U);
  EXPECT_EQ(filed[0].ending, Ending::answered);
  EXPECT_FALSE(filed[0].attempts[0].tokens.estimated);
}

// A proxy between us and the expert may put [DONE] behind a stream that was cut.
TEST_F(ScriptedExpertTest, ADoneDoesNotMakeACutStreamWhole) {
  const std::string why =
      "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
  const std::string error =
      "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"error\"}]}\n\n";
  std::vector<std::string> said{kHi, kHi + why, kHi};
  for (int i = 0; i < ExpertHealth::kReasonsUsual; ++i) said.push_back(kHi + why);
  for (const std::string& last : {kHi, kHi, kHi + error, std::string(), why}) said.push_back(last);
  std::atomic<std::size_t> next = 0;
  serve_by([&](const std::shared_ptr<http::Exchange>& exchange) {
    exchange->send_head(200, {{"content-type", "text/event-stream"}});
    exchange->send_chunk(said[next++] + "data: [DONE]\n\n");
    exchange->finish();
  });
  std::vector<std::string> endings;
  while (endings.size() < said.size()) {
    const Answer answer = chat(true);
    endings.push_back(answer.status != 200 ? answer.code() : answer.fault ? "broken" : "whole");
  }
  // One that says why only now and then says nothing by not doing so.
  std::vector<std::string> expected(said.size() - 5, "whole");
  for (const char* last : {"broken", "whole", "broken", "experts_failed", "whole"}) {
    expected.push_back(last);
  }
  EXPECT_EQ(endings, expected);
}

// The framing ends, and whoever spoke has said why it ends: what lacks is a word.
TEST_F(ScriptedExpertTest, AStreamWithoutDoneIsWholeOnceItHasSaidWhyItEnds) {
  const std::string why =
      "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
  const std::string usage =
      "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":5}}\n\n";
  const std::string wrong_usage =
      "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":-5}}\n\n";
  const std::string ping = "event: ping\ndata: {}\n\n";
  const std::vector<std::string> said{kHi + why + usage, ping + kHi + ping + why + wrong_usage,
                                      kHi};
  std::atomic<std::size_t> next = 0;
  serve_by([&](const std::shared_ptr<http::Exchange>& exchange) {
    exchange->send_head(200, {{"content-type", "text/event-stream"}});
    exchange->send_chunk(said[next++]);
    exchange->finish();
  });
  for (int i = 0; i < 2; ++i) {
    const Answer answer = chat(true);
    EXPECT_FALSE(answer.fault.has_value());
    EXPECT_THAT(answer.body, ::testing::StartsWith(kHi + why));
    EXPECT_THAT(answer.body, ::testing::EndsWith("data: [DONE]\n\n"));
  }
  EXPECT_TRUE(chat(true).fault.has_value()) << "cut";
  auto filed = receipts();
  ASSERT_EQ(filed.size(), 3U);
  std::ranges::sort(filed, {}, &Receipt::received);
  EXPECT_EQ(filed[0].attempts[0].tokens, (TokenCounts{.input = 7, .output = 5}));
  EXPECT_TRUE(filed[1].attempts[0].tokens.estimated);
  EXPECT_EQ(filed[1].attempts[0].tokens.output, guessed_tokens(2));
  EXPECT_EQ(filed[2].attempts[0].fault, "cut");
}

// There the end of the connection is the body's.
TEST_F(GatewayTest, AStreamOfHttp10IsWholeOnceItHasSaidWhyItEnds) {
  const std::string why =
      "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
  http::testing::RawServer server([&](int fd, int number) {
    static_cast<void>(http::testing::read_head(fd));
    http::testing::send_all(fd, "HTTP/1.0 200 OK\r\ncontent-type: text/event-stream\r\n\r\n" + kHi +
                                    (number == 0 ? why : std::string()));
    ::shutdown(fd, SHUT_WR);
    http::testing::sees_close(fd);
  });
  start();
  stop();
  std::vector<Expert> experts(1);
  experts[0].name = kNames[0];
  experts[0].base_url = "http://127.0.0.1:" + std::to_string(server.port()) + "/v1";
  serve(std::move(experts), {}, {});
  const Answer whole = chat(true);
  EXPECT_FALSE(whole.fault.has_value());
  EXPECT_THAT(whole.body, ::testing::EndsWith("data: [DONE]\n\n"));
  EXPECT_TRUE(chat(true).fault.has_value()) << "cut";
}

TEST_F(ScriptedExpertTest, ABodyIsPassedOnWhateverNumbersStandInItAndBilledWhateverItIs) {
  const std::string usage = R"("usage":{"prompt_tokens":10,"completion_tokens":5}})";
  const std::string odd = R"({"id":123456789012345678901234567890,"choices":[{"message":)"
                          R"({"content":"hi"},"logprobs":{"x":-Infinity}}],)" +
                          usage;
  const std::string wrong_usage =
      R"({"choices":[{"message":{"content":"hi"}}],"usage":{"prompt_tokens":-1}})";
  struct Case {
    std::string body;
    std::string seen;  // empty: an error
    TokenCounts tokens;
  };
  const std::int64_t prompt = 0;  // of an estimate: whatever the prompt is reckoned at
  const std::vector<Case> cases{
      {odd, odd, {.input = 10, .output = 5}},
      {"\xEF\xBB\xBF" + odd, odd, {.input = 10, .output = 5}},
      {wrong_usage, wrong_usage, {.input = prompt, .output = guessed_tokens(2), .estimated = true}},
      {R"({"choices":[{"message":{"content":"forty-two, and)",
       "",
       {.input = prompt, .output = guessed_tokens(14), .estimated = true}},
      {R"({"choices":[],)" + usage, "", {.input = 10, .output = 5}},
  };
  std::atomic<std::size_t> next = 0;
  serve_by([&](const std::shared_ptr<http::Exchange>& exchange) {
    exchange->send({.status = 200,
                    .headers = {{"content-type", "application/json"}},
                    .body = cases[next++].body});
  });
  for (const Case& c : cases) {
    const Answer answer = chat(false);
    if (c.seen.empty()) {
      EXPECT_EQ(answer.code(), "experts_failed");
      EXPECT_THAT(answer.body, HasSubstr("malformed_body"));
    } else {
      EXPECT_EQ(answer.body, c.seen);
    }
  }
  auto filed = receipts();
  ASSERT_EQ(filed.size(), cases.size());
  std::ranges::sort(filed, {}, &Receipt::received);
  for (std::size_t i = 0; i < filed.size(); ++i) {
    SCOPED_TRACE(cases[i].body);
    TokenCounts tokens = filed[i].attempts[0].tokens;
    if (tokens.estimated) tokens.input = prompt;
    EXPECT_EQ(tokens, cases[i].tokens);
  }
}

// What one client's words came to, or the operator's bill, and nothing about the expert's pace.
TEST_F(ScriptedExpertTest, KnowsAModeratorsNoAndABillThatIsNotPaid) {
  const std::string flagged =
      R"({"error":{"message":"Input flagged","code":403,"metadata":{"reasons":["violence"]}}})";
  const std::string unpaid =
      R"({"error":{"message":"You exceeded your current quota","code":"insufficient_quota"}})";
  std::atomic<int> next = 0;
  serve_by([&](const std::shared_ptr<http::Exchange>& exchange) {
    const bool moderated = next++ < 8;
    exchange->send({.status = moderated ? 403 : 429,
                    .headers = {{"content-type", "application/json"}},
                    .body = moderated ? flagged : unpaid});
  });
  for (int i = 0; i < 8; ++i) {
    const Answer answer = chat(false);
    EXPECT_EQ(answer.status, 403) << "no breaker opens";
    EXPECT_EQ(answer.body, flagged);
  }
  const Answer answer = chat(false);
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.body, HasSubstr("first: unpaid"));
}

TEST_F(ScriptedExpertTest, SaysWhichEncodingItWasNotAskedFor) {
  serve_by([&](const std::shared_ptr<http::Exchange>& exchange) {
    exchange->send_head(200, {{"content-type", "application/json"}, {"content-encoding", "GZip"}});
    exchange->send_chunk("\x1f\x8b");
    exchange->finish();
  });
  const Answer answer = chat(false);
  EXPECT_EQ(answer.code(), "experts_failed");
  EXPECT_THAT(answer.body, HasSubstr("first: encoded_gzip"));
}

// One of two replicas wants to be left alone for minutes: that says nothing of the other.
TEST_F(ScriptedExpertTest, IsAskedAgainWhenTheFirstOfItsReplicasIsBack) {
  more_places_ = {"/other/v1"};
  std::atomic<bool> both = false;
  serve_by([&](const std::shared_ptr<http::Exchange>& exchange) {
    const bool other = exchange->request().target.starts_with("/other/");
    if (other && !both) {
      exchange->send({.status = 200, .body = R"({"choices":[{"message":{"content":"hi"}}]})"});
    } else {
      exchange->send({.status = 429, .headers = {{"retry-after", other ? "2" : "300"}}});
    }
  });
  for (int i = 0; i < 10; ++i) EXPECT_EQ(chat(false).status, 200);
  both = true;
  const Answer refused = chat(false);
  EXPECT_EQ(refused.code(), "experts_failed");
  EXPECT_EQ(refused.header("retry-after"), "2") << "not 300";
  both = false;
  EXPECT_EQ(chat(false).code(), "no_expert_allowed");
  std::this_thread::sleep_for(milliseconds(2'050));
  EXPECT_EQ(chat(false).status, 200);
}

// For the operator, who asks the expert's provider about it.
TEST_F(ScriptedExpertTest, LogsWhatTheExpertCallsACallThatFailed) {
  std::ostringstream text;
  const auto before = spdlog::default_logger();
  const auto logger = std::make_shared<spdlog::logger>(
      "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(text));
  logger->set_pattern("%l %v");
  logger->set_level(spdlog::level::debug);
  spdlog::set_default_logger(logger);
  serve_by([](const std::shared_ptr<http::Exchange>& exchange) {
    exchange->send({.status = 500, .headers = {{"x-request-id", "req_7"}}, .body = "{}"});
  });
  for (int i = 0; i < 20; ++i) static_cast<void>(chat(false));
  stop();
  spdlog::set_default_logger(before);
  const std::string ended = "ended in http_500 (its x-request-id: req_7)\n";
  EXPECT_THAT(text.str(), HasSubstr("the call of expert first " + ended));
  EXPECT_THAT(text.str(),
              HasSubstr("warning expert first is left alone for 5 s: its last call " + ended));
}

TEST_F(ScriptedExpertTest, ALongBodyIsCutWhereItsBracketsSaySo) {
  RequestRules rules;
  rules.session.hold_bytes_max = 16;
  const std::string body = R"({"choices":[{"message":{"content":"forty-two"}}]})";
  std::atomic<std::size_t> missing = 0;
  serve_by(
      [&](const std::shared_ptr<http::Exchange>& exchange) {
        exchange->send_head(200, {{"content-type", "application/json"}});
        exchange->send_chunk(body.substr(0, body.size() - missing++));
        exchange->finish();
      },
      rules);
  EXPECT_FALSE(chat(false).fault.has_value());
  EXPECT_TRUE(chat(false).fault.has_value());
}

TEST_F(ScriptedExpertTest, ALongBodyIsBilledByAUsageThatItBeginsWith) {
  RequestRules rules;
  rules.session.hold_bytes_max = 128;
  const std::string usage = R"("usage":{"prompt_tokens":10,"completion_tokens":5})";
  serve_by(
      [&](const std::shared_ptr<http::Exchange>& exchange) {
        exchange->send({.status = 200,
                        .headers = {{"content-type", "application/json"}},
                        .body = "{" + usage + R"(,"choices":[{"message":{"content":")" +
                                std::string(10'000, 'x') + R"("}}]})"});
      },
      rules);
  EXPECT_FALSE(chat(false).fault.has_value());
  const auto filed = receipts();
  ASSERT_EQ(filed.size(), 1U);
  EXPECT_EQ(filed[0].attempts[0].tokens, (TokenCounts{.input = 10, .output = 5}));
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

// Nobody holds it, but its usage stands at its end.
TEST_F(GatewayTest, AnAnswerTooLongToHoldIsBilledByItsUsage) {
  RequestRules rules;
  rules.session.hold_bytes_max = 16;
  start("", {}, rules);
  const Answer answer = chat(false, {}, "first");
  EXPECT_EQ(answer.status, 200);
  const auto filed = receipts();
  ASSERT_EQ(filed.size(), 1U);
  const TokenCounts& tokens = filed[0].attempts[0].tokens;
  EXPECT_FALSE(tokens.estimated);
  const auto usage = nlohmann::json::parse(answer.body)["usage"];
  EXPECT_EQ(tokens.input, usage["prompt_tokens"]);
  EXPECT_EQ(tokens.output, usage["completion_tokens"]);
}

// "Too long" about ten tokens is about something else, and no reason to ask the expert no more.
TEST_F(GatewayTest, OneRefusalOfAShortPromptKeepsTheExpertFromNobody) {
  start("#context-length");
  EXPECT_EQ(chat(false, {}, "first").status, 400);
  EXPECT_EQ(chat(false).header("x-ooe-expert"), "second");
  const auto filed = receipts();
  ASSERT_EQ(filed.size(), 2U);
  EXPECT_EQ(filed[0].attempts.size() + filed[1].attempts.size(), 3U) << "the first is asked again";
}

}  // namespace
}  // namespace ooe::gateway
