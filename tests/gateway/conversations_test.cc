#include "gateway/conversations.h"

#include <thread>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "base/fast_hash.h"
#include "tests/gateway/gateway_fixture.h"

namespace ooe::gateway {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

constexpr std::uint64_t kScope = 17;

ConversationKeys keys_of(const std::string& messages, const http::Headers& headers = {},
                         std::uint64_t scope = kScope) {
  ChatRequestParser parser;
  const auto request = parser.parse(R"({"model":"auto","messages":[)" + messages + "]}");
  EXPECT_TRUE(request.has_value()) << request.error().message;
  const auto session = session_of(headers);
  EXPECT_TRUE(session.has_value()) << session.error().message;
  return conversation_keys(*session, parser.history(), scope);
}

const std::string kSystem = R"({"role":"system","content":"Be brief."})";
const std::string kFirst = R"({"role":"user","content":"Who wrote Faust?"})";
const std::string kAnswer = R"({"role":"assistant","content":"Goethe."})";
const std::string kSecond = R"({"role":"user","content":"And when?"})";

TEST(ConversationKeys, ARequestLeadsToTheOneBeforeIt) {
  const ConversationKeys first = keys_of(kSystem + "," + kFirst);
  EXPECT_FALSE(first.last.has_value());
  const ConversationKeys second = keys_of(kSystem + "," + kFirst + "," + kAnswer + "," + kSecond);
  EXPECT_EQ(second.last, first.own);
  EXPECT_NE(second.own, first.own);
  const ConversationKeys third = keys_of(kSystem + "," + kFirst + "," + kAnswer + "," + kSecond +
                                         "," + kAnswer + "," + kFirst);
  EXPECT_EQ(third.last, second.own);
}

TEST(ConversationKeys, ARoundOfToolsGoesOnToo) {
  const std::string call =
      R"({"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function",)"
      R"("function":{"name":"f","arguments":"{}"}}]})";
  const std::string result = R"({"role":"tool","tool_call_id":"1","content":"1808"})";
  EXPECT_EQ(keys_of(kFirst + "," + call + "," + result).last, keys_of(kFirst).own);
}

TEST(ConversationKeys, WhatWasSaidOtherwiseIsAnotherConversation) {
  const ConversationKeys first = keys_of(kSystem + "," + kFirst);
  for (const std::string& history :
       {kFirst, kSystem + "," + kSecond, kSystem + "," + kSystem + "," + kFirst,
        R"({"role":"user","content":"Be brief."},)" + kFirst}) {
    EXPECT_NE(keys_of(history + "," + kAnswer + "," + kSecond).last, first.own) << history;
  }
  EXPECT_NE(keys_of(kSystem + "," + kFirst, {}, kScope + 1).own, first.own) << "another client's";
}

TEST(ConversationKeys, ASessionIsWhatItsHeaderSays) {
  const ConversationKeys one = keys_of(kFirst, {{"x-ooe-session", "a-1"}});
  EXPECT_EQ(one.last, one.own);
  EXPECT_EQ(keys_of(kSecond, {{"X-Ooe-Session", "a-1"}}).last, one.own);
  EXPECT_NE(keys_of(kFirst, {{"x-ooe-session", "a-2"}}).own, one.own);
  EXPECT_NE(keys_of(kFirst, {{"x-ooe-session", "a-1"}}, kScope + 1).own, one.own);
  for (const http::Headers& headers :
       {http::Headers{{"x-ooe-session", ""}},
        http::Headers{{"x-ooe-session", std::string(257, 'x')}},
        http::Headers{{"x-ooe-session", "a"}, {"x-ooe-session", "a"}}}) {
    EXPECT_FALSE(session_of(headers).has_value());
  }
}

TEST(Conversations, HoldAFixedNumberOfTurnsAndForgetTheOldest) {
  Conversations table(8);  // one set: all turns compete
  ASSERT_EQ(table.turns_max(), 8U);
  const auto put = [&](std::uint64_t key, int at) {
    table.put(key, {.expert = key, .tokens = 1, .at = TimePoint(seconds(at))});
  };
  for (std::uint64_t key = 1; key <= 8; ++key) put(key, static_cast<int>(key));
  put(1, 9);    // again
  put(99, 10);  // in place of 2, the oldest now
  EXPECT_TRUE(table.find(1).has_value());
  EXPECT_FALSE(table.find(2).has_value());
  EXPECT_TRUE(table.find(3).has_value());
  EXPECT_EQ(table.find(99)->expert, 99U);
  EXPECT_EQ(table.turns_max(), 8U);
}

TEST(Conversations, AreSharedByThreads) {
  Conversations table(4'096);
  std::vector<std::thread> threads;
  for (std::uint64_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&table, thread] {
      for (std::uint64_t i = 0; i < 20'000; ++i) {
        const std::uint64_t key = fast_hash("k", i % 500) | 1U;
        table.put(key, {.expert = key, .tokens = static_cast<std::int64_t>(thread)});
        const auto turn = table.find(key);
        if (turn) {
          EXPECT_EQ(turn->expert, key);
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

Receipt answered_by(const std::string& expert) {
  Receipt receipt;
  receipt.answered_by = expert;
  receipt.attempts.resize(2);
  receipt.attempts[0].expert = "other";
  receipt.attempts[1].expert = expert;
  receipt.attempts[1].tokens = {.input = 900, .output = 100};
  return receipt;
}

TEST(IncumbentOf, SavesWhatIsStillCachedOfThePrompt) {
  std::vector<Expert> experts(2);
  experts[0].name = "a";
  experts[1].name = "b";
  experts[1].prices = Prices{{1'000'000}, {250'000}, {2'000'000}};  // saves 0.75 USD per million
  const TimePoint then(seconds(1'000));
  const auto turn = turn_of(answered_by("b"), then);
  ASSERT_TRUE(turn.has_value());
  struct Row {
    std::int64_t prompt_tokens;
    int later;
    std::int64_t nano;
  };
  for (const Row& row : {Row{5'000, 10, 750'000}, Row{400, 10, 300'000}, Row{5'000, 301, 0}}) {
    const auto incumbent =
        incumbent_of(*turn, experts, row.prompt_tokens, {}, then + seconds(row.later));
    ASSERT_TRUE(incumbent.has_value());
    EXPECT_EQ(incumbent->expert, ExpertId{1});
    EXPECT_EQ(incumbent->cache, Usd{row.nano});
    EXPECT_EQ(incumbent->handoff, SessionRules{}.handoff_quality);
  }
  experts.pop_back();
  EXPECT_FALSE(incumbent_of(*turn, experts, 10, {}, then).has_value()) << "no longer there";
  EXPECT_FALSE(turn_of(Receipt{}, then).has_value()) << "nobody spoke";
}

// Both experts over sockets. "first" is better and takes every fresh request; "second" is the own
// one, which a goal in the header makes answer.
class ConversationTest : public GatewayTest {
 protected:
  void start_with(double handoff_quality, bool affinity = true) {
    RequestRules rules;
    rules.sessions.handoff_quality = handoff_quality;
    rules.sessions.affinity = affinity;
    start("", {}, rules);
  }
  std::string who_answers(const std::string& messages, http::Headers headers = {}) {
    const Answer answer = send("POST", "/v1/chat/completions",
                               R"({"model":"auto","messages":[)" + messages + "]}", headers);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.header("x-ooe-expert");
  }
  const http::Header own_{"x-ooe-goal", R"({"ownership":1.0})"};
};

TEST_F(ConversationTest, StaysWithItsExpertUnlessAnotherIsWorthTheHandoff) {
  start_with(0.9);
  EXPECT_EQ(who_answers(kFirst), "first");
  EXPECT_EQ(who_answers(kSecond, {own_}), "second");
  const std::string on = kSecond + "," + kAnswer + "," + kFirst;
  EXPECT_EQ(who_answers(on), "second") << "by what was said";
  EXPECT_EQ(who_answers(on + "," + kAnswer + "," + kSecond), "second") << "a third turn";
  EXPECT_EQ(who_answers(kSystem + "," + on), "first") << "another conversation";
  EXPECT_EQ(who_answers(on, {{"x-ooe-privacy", "confidential"}}), "second");
  const auto decision = nlohmann::json::parse(
      send("POST", "/v1/orchestrate", R"({"model":"auto","messages":[)" + on + "]}").body);
  EXPECT_EQ(decision["incumbent"]["name"], "second");
  EXPECT_EQ(decision["incumbent"]["handoff_quality"], 0.9);
}

// Whoever has read the whole answer may ask again at once, of whichever worker.
TEST_F(ConversationTest, IsRememberedBeforeTheAnswerEnds) {
  start_with(0.9);
  // Connections go to the workers in turn, and the first worker accepts: it is to ask the question
  // whose answer the second remembers.
  ASSERT_EQ(who_answers(kFirst), "first");
  clock_.delay = std::chrono::milliseconds(4);
  for (int i = 0; i < 10; ++i) {
    const std::string id = fmt::format("s{}", i);
    ASSERT_EQ(who_answers(kFirst, {own_, {"x-ooe-session", id}}), "second");
    ASSERT_EQ(who_answers(kSecond, {{"x-ooe-session", id}}), "second") << id;
  }
}

TEST_F(ConversationTest, ASessionIdHoldsOverWhateverIsSaid) {
  start_with(0.9);
  EXPECT_EQ(who_answers(kFirst, {own_, {"x-ooe-session", "s1"}}), "second");
  EXPECT_EQ(who_answers(kSecond, {{"x-ooe-session", "s1"}}), "second");
  EXPECT_EQ(who_answers(kSecond, {{"x-ooe-session", "s2"}}), "first");
  const Answer twice = chat(false, {{"x-ooe-session", "s1"}, {"x-ooe-session", "s1"}});
  EXPECT_EQ(twice.status, 400);
  EXPECT_EQ(twice.code(), "invalid_header");
}

TEST_F(ConversationTest, MovesOnForMoreThanTheHandoffOrWhenAffinityIsOff) {
  start_with(0.01);
  EXPECT_EQ(who_answers(kSecond, {own_}), "second");
  EXPECT_EQ(who_answers(kSecond + "," + kAnswer + "," + kFirst), "first");
}

TEST_F(ConversationTest, IsForgottenWhereAffinityIsOff) {
  start_with(0.9, false);
  EXPECT_EQ(who_answers(kSecond, {own_}), "second");
  EXPECT_EQ(who_answers(kSecond + "," + kAnswer + "," + kFirst), "first");
  EXPECT_EQ(chat(false, {{"x-ooe-session", ""}}).status, 400) << "unused, but wrong all the same";
}

// The wall stands above affinity: an incumbent that may not see this turn is not asked.
TEST_F(ConversationTest, APrivateTurnLeavesAnIncumbentThatIsNotCleared) {
  start_with(1.0);
  EXPECT_EQ(who_answers(kFirst), "first");
  EXPECT_EQ(
      who_answers(kFirst + "," + kAnswer + "," + kSecond, {{"x-ooe-privacy", "confidential"}}),
      "second");
  EXPECT_EQ(simulation_->ledger(0).requests, 1);
}

}  // namespace
}  // namespace ooe::gateway
