// Experts that fail, refuse, turn away or take too long.
#include "interview/ask.h"

#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/interview/interview_fixture.h"

namespace ooe::interview {
namespace {

using ::testing::HasSubstr;

TEST_F(InterviewTest, TriesAgainWhatMayPass) {
  options_.ask.failures_max = 1'000;  // with three calls in flight, many failures come in a row
  const auto summary = run([](const Expert& expert, const std::string& body, int attempt) {
    if (attempt == 1) return ScriptedReply{.status = 0, .fault = http::Fault::connect};
    if (attempt == 2) return ScriptedReply{.status = 503, .body = "busy"};
    if (attempt == 3) return ScriptedReply{.status = 200, .body = "{\"choices\": ["};
    if (attempt == 4) return ScriptedReply{.status = 200, .fault = http::Fault::cut};
    return right(expert, body, attempt);
  });
  ASSERT_TRUE(summary.has_value()) << summary.error().message;
  EXPECT_EQ(calls_["a"], 50);
  EXPECT_EQ(summary->asked.experts[0].done, 10);
  EXPECT_EQ(summary->asked.experts[0].failed, 0);
  EXPECT_EQ(summary->asked.experts[0].score_sum, 10.0);
  EXPECT_GT(summary->asked.spent, Usd{2 * 10 * 15 * 1'000}) << "calls that broke off may be billed";
}

TEST_F(InterviewTest, FailsAQuestionAfterItsLastAttemptAndAsksItInTheNextRun) {
  options_.ask.attempts_max = 3;
  const auto summary = run([](const Expert& expert, const std::string& body, int attempt) {
    if (expert.name == "a" && right_answer(body) == "5") return ScriptedReply{.status = 500};
    return right(expert, body, attempt);
  });
  ASSERT_TRUE(summary.has_value());
  EXPECT_EQ(calls_["a"], 12);
  EXPECT_EQ(summary->asked.experts[0].done, 9);
  EXPECT_EQ(summary->asked.experts[0].failed, 1);
  EXPECT_THAT(summary->asked.experts[0].trouble, HasSubstr("HTTP 500"));
  EXPECT_FALSE(summary->asked.experts[0].given_up);
  ASSERT_TRUE(run(right).has_value());
  EXPECT_EQ(calls_["a"], 1);
  EXPECT_EQ(database_->outcomes()->size(), 20U);
}

TEST_F(InterviewTest, ARefusedQuestionIsNotAskedAgainInThisRun) {
  const auto summary = run([](const Expert&, const std::string&, int) {
    return ScriptedReply{.status = 400, .body = R"({"error":{"message":"context too long"}})"};
  });
  ASSERT_TRUE(summary.has_value());
  EXPECT_EQ(calls_["a"], 10);
  EXPECT_EQ(summary->asked.experts[0].failed, 10);
  EXPECT_FALSE(summary->asked.experts[0].given_up);
  EXPECT_THAT(summary->asked.experts[0].trouble, HasSubstr("context too long"));
}

TEST_F(InterviewTest, GivesUpAnUnreachableExpertAndKeepsTheOthersAnswers) {
  options_.ask.failures_max = 7;
  questions_ = questions_of(50);
  const auto summary = run([](const Expert& expert, const std::string& body, int attempt) {
    if (expert.name == "b") return ScriptedReply{.status = 0, .fault = http::Fault::connect};
    return right(expert, body, attempt);
  });
  ASSERT_TRUE(summary.has_value());
  EXPECT_EQ(summary->asked.experts[0].done, 50);
  EXPECT_TRUE(summary->asked.experts[1].given_up);
  EXPECT_EQ(summary->asked.experts[1].done, 0);
  EXPECT_GE(calls_["b"], 7);
  EXPECT_LE(calls_["b"], 7 + 3);
  EXPECT_FALSE(summary->asked.out_of_budget);
}

TEST_F(InterviewTest, GivesUpAtOnceWhenTheKeyIsRefused) {
  const auto summary = run([](const Expert& expert, const std::string& body, int attempt) {
    if (expert.name == "b") return ScriptedReply{.status = 401};
    return right(expert, body, attempt);
  });
  ASSERT_TRUE(summary.has_value());
  EXPECT_TRUE(summary->asked.experts[1].given_up);
  EXPECT_LE(calls_["b"], 3);
}

TEST_F(InterviewTest, WaitsAsLongAsTheExpertAsks) {
  experts_.resize(1);
  questions_ = questions_of(3);
  options_.ask.concurrency = {.first = 1, .max = 1};
  const SystemClock clock;
  const TimePoint start = clock.now();
  const auto summary = run([](const Expert& expert, const std::string& body, int attempt) {
    if (right_answer(body) == "1" && attempt == 1) {
      return ScriptedReply{.status = 429, .retry_after = std::chrono::seconds(1)};
    }
    return right(expert, body, attempt);
  });
  ASSERT_TRUE(summary.has_value());
  EXPECT_EQ(summary->asked.experts[0].done, 3);
  EXPECT_GE(clock.now() - start, milliseconds(1'000));
}

// A quota that is used up until tomorrow must not hold the others' interview.
TEST_F(InterviewTest, GivesUpAnExpertThatAsksToBeLeftAloneForADay) {
  const auto summary = run([](const Expert& expert, const std::string& body, int attempt) {
    if (expert.name == "b") {
      return ScriptedReply{.status = 429, .retry_after = std::chrono::seconds(86'400)};
    }
    return right(expert, body, attempt);
  });
  ASSERT_TRUE(summary.has_value());
  EXPECT_EQ(summary->asked.experts[0].done, 10);
  EXPECT_TRUE(summary->asked.experts[1].given_up);
  EXPECT_THAT(summary->asked.experts[1].trouble, HasSubstr("left alone for 86400 s"));
}

TEST_F(InterviewTest, AnAnswerTooLongIsRefusedNotKept) {
  options_.ask.answer_bytes_max = 1'000;
  const auto summary =
      run([](const Expert&, const std::string&, int) { return says(std::string(5'000, 'x')); });
  ASSERT_TRUE(summary.has_value());
  EXPECT_EQ(summary->asked.experts[0].failed, 10);
  EXPECT_THAT(summary->asked.experts[0].trouble, HasSubstr("more than 1000 bytes"));
}

TEST_F(InterviewTest, KeepsAskingAnExpertThatTurnsItAwayAndEndsEventually) {
  experts_.resize(1);
  options_.ask.attempts_max = 2;
  auto summary = run([](const Expert& expert, const std::string& body, int attempt) {
    if (attempt <= 6) return ScriptedReply{.status = 429};
    return right(expert, body, attempt);
  });
  EXPECT_EQ(summary->asked.experts[0].done, 10);
  EXPECT_EQ(summary->asked.experts[0].errors, 60);
  EXPECT_EQ(summary->asked.experts[0].spent, Usd{10 * 15 * 1'000}) << "nobody bills a 429";
  options_.prompt.temperature = 1.0;
  options_.ask.turned_away_max = 30;
  summary =
      run([](const Expert&, const std::string&, int) { return ScriptedReply{.status = 429}; });
  EXPECT_TRUE(summary->asked.experts[0].given_up);
  EXPECT_LE(calls_["a"], 33);
}

TEST_F(InterviewTest, EndsACallThatTakesTooLongAndCountsItsMost) {
  experts_.resize(1);
  questions_ = questions_of(1);
  options_.ask.total_timeout = milliseconds(20);
  options_.ask.attempts_max = 2;
  const auto summary = run([](const Expert&, const std::string&, int) {
    return ScriptedReply{.delay = std::chrono::hours(1)};
  });
  EXPECT_EQ(summary->asked.experts[0].failed, 1);
  EXPECT_EQ(calls_["a"], 2);
  EXPECT_GT(summary->asked.spent, Usd{});
  EXPECT_EQ(summary->asked.spent, summary->asked.experts[0].unsettled);
}

}  // namespace
}  // namespace ooe::interview
