// The money of a whole interview: in one run, over many, and with bills that cannot be believed.
#include "interview/budget.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/interview/interview_fixture.h"

namespace ooe::interview {
namespace {

using ::testing::HasSubstr;

TEST_F(InterviewTest, NeverExceedsTheBudgetEvenWithCallsInFlight) {
  options_.prompt.max_tokens = 100;
  questions_ = questions_of(200);
  // Every call may cost up to 0.0003 USD or so, and does cost 0.00011.
  for (const std::int64_t budget : {0, 100'000, 1'000'000, 5'000'000}) {
    SCOPED_TRACE(budget);
    options_.ask.budget = Usd{budget};
    options_.prompt.temperature += 0.1;  // new answers each time
    const auto summary =
        run([](const Expert&, const std::string&, int) { return says("Answer: 1", 100); });
    ASSERT_TRUE(summary.has_value()) << summary.error().message;
    EXPECT_TRUE(summary->asked.out_of_budget);
    EXPECT_LE(summary->asked.spent, *options_.ask.budget);
    EXPECT_GE(summary->asked.spent.nano, budget - 1'000'000)
        << "what was reserved and not used is spent";
  }
}

TEST_F(InterviewTest, ABudgetNeedsEveryPrice) {
  options_.ask.budget = Usd{1};
  experts_[1].prices.reset();
  const auto summary = run(right);
  ASSERT_FALSE(summary.has_value());
  EXPECT_EQ(summary.error().code, ErrorCode::invalid_argument);
  EXPECT_THAT(summary.error().message, HasSubstr("expert 'b' has no price"));
  EXPECT_TRUE(calls_.empty());
}

TEST_F(InterviewTest, GuessesTokensWhenTheExpertDoesNotCount) {
  const auto summary = run(
      [](const Expert&, const std::string&, int) { return says("I do not know.", std::nullopt); });
  ASSERT_TRUE(summary.has_value());
  EXPECT_EQ(summary->asked.experts[0].estimated, 10);
  EXPECT_EQ(summary->asked.experts[0].unread, 10);
  const auto outcomes = database_->outcomes();
  EXPECT_TRUE(outcomes->front().tokens.estimated);
  EXPECT_GT(outcomes->front().tokens.input, 10);
  EXPECT_GT(outcomes->front().tokens.output, 0);
  EXPECT_GT(outcomes->front().cost.value_or(Usd()), Usd{0});
}

TEST_F(InterviewTest, CountsCallsOfAKilledRunAgainstTheBudgetAndAsksAgain) {
  experts_.resize(1);
  ASSERT_TRUE(run(right).has_value());
  {
    const SystemClock clock;
    const auto journal = store::InterviewJournal::open(path_, clock);
    const auto key = database_->answer_keys("a")->at(0);
    SQLite::Database database(path_, SQLite::OPEN_READWRITE);
    database.exec("DELETE FROM grades; DELETE FROM answers");
    const auto stepped = (*journal)->step(
        {.on_answer = [](const auto&, auto, Usd) {}, .on_calls = [](auto) {}}, {}, [&] {
          return std::vector{store::PlannedCall{key, "q0", Usd{1'000'000}, clock.wall_now()}};
        });
    ASSERT_TRUE(stepped.has_value());
  }  // killed here, with one call in flight
  // One answer costs 15,000 nano-USD, and reserves far more.
  options_.ask.budget = Usd{1'000'000};
  auto summary = run(right);
  ASSERT_TRUE(summary.has_value()) << summary.error().message;
  EXPECT_TRUE(summary->asked.out_of_budget);
  EXPECT_EQ(summary->asked.experts[0].done, 0);
  options_.ask.budget = Usd{1'000'000'000};
  summary = run(right);
  EXPECT_EQ(summary->asked.experts[0].done, 10);
  EXPECT_EQ(calls_["a"], 10);
}

TEST_F(InterviewTest, ABudgetHoldsOverAllRunsOfTheSameInterview) {
  options_.prompt.max_tokens = 100;
  questions_ = questions_of(100);
  options_.ask.budget = Usd{6'000'000};
  Usd spent;
  for (int i = 0; i < 4; ++i) {
    const auto summary =
        run([](const Expert&, const std::string&, int) { return says("Answer: 1", 100); });
    ASSERT_TRUE(summary.has_value());
    EXPECT_TRUE(summary->asked.out_of_budget);
    spent += summary->asked.spent;
  }
  EXPECT_LE(spent, *options_.ask.budget);
  EXPECT_GE(spent.nano, options_.ask.budget->nano - 1'000'000);
  questions_ = questions_of(120);
  questions_.erase(questions_.begin(), questions_.begin() + 100);
  const auto others =
      run([](const Expert&, const std::string&, int) { return says("Answer: 1", 100); });
  EXPECT_EQ(others->asked.experts[0].done, 20) << "other questions have a budget of their own";
}

std::map<std::string, int> reasons_of(std::span<const store::OpenCall> calls) {
  std::map<std::string, int> reasons;
  for (const store::OpenCall& call : calls) ++reasons[call.ended];
  return reasons;
}

TEST_F(InterviewTest, DoesNotBelieveAUsageThatCannotBe) {
  experts_.resize(1);
  const std::string page(4'000, 'x');
  const auto summary = run([&](const Expert&, const std::string& body, int) {
    const int number = std::stoi(right_answer(body));
    if (number % 5 == 0) return says(page + " Answer: 1", 1);     // too little for its text
    if (number % 5 == 1) return says("Answer: 1", -3);            // negative
    if (number % 5 == 2) return says("Answer: 1", std::nullopt);  // silent
    return says("Answer: 1", 20);
  });
  ASSERT_TRUE(summary.has_value());
  EXPECT_EQ(summary->asked.experts[0].done, 10) << "an answer that was paid is kept";
  EXPECT_EQ(summary->asked.experts[0].estimated, 6);
  EXPECT_EQ(calls_["a"], 10);
  const SystemClock clock;
  const auto unsettled = (*store::InterviewJournal::open(path_, clock))->unsettled();
  EXPECT_EQ(reasons_of(*unsettled),
            (std::map<std::string, int>{{"no usage", 2}, {"wrong usage", 4}}));
  const Usd most = cost_max_of(0, options_.prompt.max_tokens, experts_[0].prices);
  EXPECT_GE(summary->asked.spent.nano, 6 * most.nano) << "at its most";
}

TEST_F(InterviewTest, GivesUpAnExpertWhoseBillsBreakTheBudgetsPromise) {
  options_.ask.budget = Usd{1'000'000'000};
  const auto summary = run([](const Expert& expert, const std::string&, int) {
    return says("Answer: 1", expert.name == "b" ? 2'000'000 : 20);
  });
  ASSERT_TRUE(summary.has_value());
  EXPECT_TRUE(summary->asked.experts[1].given_up);
  EXPECT_THAT(summary->asked.experts[1].trouble, HasSubstr("the budget cannot hold"));
  EXPECT_FALSE(summary->asked.experts[0].given_up);
}

}  // namespace
}  // namespace ooe::interview
