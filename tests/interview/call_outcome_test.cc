#include "interview/call_outcome.h"

#include <gtest/gtest.h>

namespace ooe::interview {
namespace {

constexpr std::size_t kBytesMax = 1'000;
constexpr std::string_view kAnswer =
    R"({"choices":[{"index":0,"message":{"role":"assistant","content":"B"},"finish_reason":"stop"}]})";

TEST(CallOutcomeTest, SaysWhatTheNextStepIs) {
  const struct {
    int status;
    CallVerdict verdict;
  } cases[] = {
      {200, CallVerdict::answered}, {401, CallVerdict::gone},    {403, CallVerdict::gone},
      {404, CallVerdict::gone},     {400, CallVerdict::refused}, {422, CallVerdict::refused},
      {408, CallVerdict::retry},    {429, CallVerdict::retry},   {500, CallVerdict::retry},
      {529, CallVerdict::retry},    {302, CallVerdict::refused}};
  for (const auto& one : cases) {
    const CallOutcome outcome = judge_call(one.status, std::nullopt, kAnswer, kBytesMax);
    EXPECT_EQ(outcome.verdict, one.verdict) << one.status;
    EXPECT_EQ(outcome.trouble.empty(), one.verdict == CallVerdict::answered) << one.status;
  }
  EXPECT_EQ(judge_call(200, std::nullopt, kAnswer, kBytesMax).completion.text, "B");
}

TEST(CallOutcomeTest, WithoutCreditNoQuestionIsAnswered) {
  const struct {
    int status;
    std::string_view body;
    CallVerdict verdict;
  } cases[] = {{402, R"({"error":{"message":"pay"}})", CallVerdict::gone},
               {402, "", CallVerdict::gone},
               {429, R"({"error":{"message":"You exceeded it","code":"insufficient_quota"}})",
                CallVerdict::gone},
               {400, R"({"error":{"message":"Your credit balance is too low to access the API."}})",
                CallVerdict::gone},
               {429, R"({"error":{"message":"slow down","code":"rate_limit_exceeded"}})",
                CallVerdict::retry}};
  for (const auto& one : cases) {
    const CallOutcome outcome = judge_call(one.status, std::nullopt, one.body, kBytesMax);
    EXPECT_EQ(outcome.verdict, one.verdict) << one.body;
    EXPECT_EQ(outcome.trouble.starts_with("no credit: HTTP "), one.verdict == CallVerdict::gone)
        << outcome.trouble;
  }
}

TEST(CallOutcomeTest, FaultsAndUnreadableAnswersAreTriedAgainTooLongOnesNot) {
  const CallOutcome cut = judge_call(200, "cut off", kAnswer, kBytesMax);
  EXPECT_EQ(cut.verdict, CallVerdict::retry);
  EXPECT_EQ(cut.trouble, "cut off");
  EXPECT_EQ(judge_call(200, std::nullopt, "<html>", kBytesMax).verdict, CallVerdict::retry);
  EXPECT_EQ(judge_call(200, std::nullopt, kAnswer, kAnswer.size()).verdict, CallVerdict::answered);
  EXPECT_EQ(judge_call(200, std::nullopt, kAnswer, kAnswer.size() - 1).verdict,
            CallVerdict::refused);
}

TEST(CallOutcomeTest, NobodyBillsWhatNeverArrivedOrWasRefused) {
  for (const auto fault : {http::Fault::resolve, http::Fault::connect, http::Fault::tls}) {
    EXPECT_EQ(why_it_may_be_billed(0, fault), "");
  }
  EXPECT_EQ(why_it_may_be_billed(429, std::nullopt), "");
  EXPECT_EQ(why_it_may_be_billed(0, std::nullopt), "no answer");
  EXPECT_EQ(why_it_may_be_billed(200, std::nullopt), "no answer to read");
  EXPECT_EQ(why_it_may_be_billed(200, http::Fault::stalled), http::to_string(http::Fault::stalled));
}

TEST(CallOutcomeTest, SlownessAndRefusalsForWantOfRoomAreOverload) {
  for (const int status : {429, 503, 529}) EXPECT_TRUE(is_overload(status, std::nullopt));
  EXPECT_TRUE(is_overload(0, http::Fault::head_timeout));
  EXPECT_TRUE(is_overload(200, http::Fault::stalled));
  EXPECT_FALSE(is_overload(500, std::nullopt));
  EXPECT_FALSE(is_overload(0, http::Fault::connect));
}

}  // namespace
}  // namespace ooe::interview
