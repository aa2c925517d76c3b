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
    CallEnd end;
  } cases[] = {{200, CallEnd::answered}, {401, CallEnd::gone},    {403, CallEnd::gone},
               {404, CallEnd::gone},     {400, CallEnd::refused}, {422, CallEnd::refused},
               {408, CallEnd::retry},    {429, CallEnd::retry},   {500, CallEnd::retry},
               {529, CallEnd::retry},    {302, CallEnd::refused}};
  for (const auto& one : cases) {
    const CallOutcome outcome = judge_call(one.status, std::nullopt, kAnswer, kBytesMax);
    EXPECT_EQ(outcome.end, one.end) << one.status;
    EXPECT_EQ(outcome.trouble.empty(), one.end == CallEnd::answered) << one.status;
  }
  EXPECT_EQ(judge_call(200, std::nullopt, kAnswer, kBytesMax).completion.text, "B");
}

TEST(CallOutcomeTest, FaultsAndUnreadableAnswersAreTriedAgainTooLongOnesNot) {
  const CallOutcome cut = judge_call(200, "cut off", kAnswer, kBytesMax);
  EXPECT_EQ(cut.end, CallEnd::retry);
  EXPECT_EQ(cut.trouble, "cut off");
  EXPECT_EQ(judge_call(200, std::nullopt, "<html>", kBytesMax).end, CallEnd::retry);
  EXPECT_EQ(judge_call(200, std::nullopt, kAnswer, kAnswer.size()).end, CallEnd::answered);
  EXPECT_EQ(judge_call(200, std::nullopt, kAnswer, kAnswer.size() - 1).end, CallEnd::refused);
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
