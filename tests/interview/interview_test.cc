#include "interview/interview.h"

#include <atomic>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/interview/scripted_chat_client.h"

namespace ooe::interview {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

std::vector<Question> questions_of(int count) {
  std::vector<Question> questions;
  for (int i = 0; i < count; ++i) {
    Question question;
    question.id = "q" + std::to_string(i);
    question.benchmark = "b";
    question.question = "What is " + std::to_string(i) + " + 1?";
    question.answer = std::to_string(i + 1);
    questions.push_back(std::move(question));
  }
  return questions;
}

Expert expert_of(const std::string& name, double usd_per_million = 1.0) {
  Expert expert;
  expert.name = name;
  expert.model = name;
  const TokenPrice price = *token_price(usd_per_million);
  expert.prices = Prices{price, price, price};
  return expert;
}

// Reads the question's number out of the body.
std::string right_answer(const std::string& body) {
  const std::size_t at = body.find("What is ") + 8;
  return std::to_string(std::stoi(body.substr(at)) + 1);
}

ScriptedReply right(const Expert&, const std::string& body, int) {
  return says("Answer: " + right_answer(body));
}

// Passes everything on to a store that outlives it, and can be told to fail.
class FlakyStore final : public store::Store {
 public:
  explicit FlakyStore(store::Store& store) : store_(store) {}

  Result<void> put_questions(std::span<const Question> questions) override {
    return store_.put_questions(questions);
  }
  Result<std::vector<Question>> questions() override { return store_.questions(); }
  Result<void> put_answers(std::span<const store::Answer> answers,
                           std::span<const store::Grade> grades) override {
    largest_batch = std::max(largest_batch, answers.size());
    if (batches_until_fault-- == 0) return fail(ErrorCode::unavailable, "scripted: disk full");
    return store_.put_answers(answers, grades);
  }
  Result<std::vector<store::AnswerKey>> answer_keys(std::string_view expert) override {
    return store_.answer_keys(expert);
  }
  Result<std::vector<Outcome>> outcomes() override { return store_.outcomes(); }
  Result<void> put_receipts(std::span<const Receipt> receipts) override {
    return store_.put_receipts(receipts);
  }
  Result<std::vector<Receipt>> receipts(std::int64_t count_max) override {
    return store_.receipts(count_max);
  }

  int batches_until_fault = -1;  // below zero: never
  std::size_t largest_batch = 0;

 private:
  store::Store& store_;
};

class InterviewTest : public ::testing::Test {
 protected:
  InterviewTest() : store_(*database_) {
    options_.backoff = {.first = milliseconds(1), .max = milliseconds(4)};
    options_.batch_age = milliseconds(20);
    options_.batch_max = 4;
    options_.concurrency = 3;
  }

  Result<InterviewSummary> run(ScriptedChatClient::Script script) {
    http::Loop loop;
    ScriptedChatClient client(loop, std::move(script));
    const SystemClock clock;
    auto summary = run_interview(loop, client, store_, clock, experts_, questions_, options_, stop_,
                                 [this](const ExpertProgress& progress) {
                                   last_[progress.expert] = progress;
                                   if (on_progress_) on_progress_(progress);
                                 });
    calls_ = client.calls;
    bodies_ = client.bodies;
    in_flight_max_ = client.in_flight_max;
    for (const auto& [expert, count] : client.in_flight) {
      EXPECT_EQ(count, 0) << expert << " has calls left in flight";
    }
    return summary;
  }

  std::unique_ptr<store::Store> database_ = *store::open_store("sqlite::memory:");
  FlakyStore store_;
  std::vector<Expert> experts_ = {expert_of("a"), expert_of("b")};
  std::vector<Question> questions_ = questions_of(10);
  InterviewOptions options_;
  std::atomic<bool> stop_ = false;
  std::function<void(const ExpertProgress&)> on_progress_;
  std::map<std::string, ExpertProgress> last_;
  std::map<std::string, int> calls_;
  std::map<std::string, int> in_flight_max_;
  std::vector<std::string> bodies_;
};

TEST_F(InterviewTest, AsksEveryExpertEveryQuestionOnceAndStoresTheGrades) {
  const auto summary = run([](const Expert& expert, const std::string& body, int) {
    return says(expert.name == "a" ? "Answer: " + right_answer(body) : "Answer: -1", 20);
  });
  ASSERT_TRUE(summary.has_value()) << summary.error().message;
  EXPECT_EQ(calls_["a"], 10);
  EXPECT_EQ(calls_["b"], 10);
  EXPECT_LE(in_flight_max_["a"], options_.concurrency);
  EXPECT_LE(store_.largest_batch, options_.batch_max);
  ASSERT_EQ(summary->experts.size(), 2U);
  EXPECT_EQ(summary->experts[0].done, 10);
  EXPECT_EQ(summary->experts[0].score_sum, 10.0);
  EXPECT_EQ(summary->experts[1].score_sum, 0.0);
  EXPECT_EQ(summary->experts[0].spent, Usd{10 * 30 * 1'000}) << "10 answers of 10 + 20 tokens";
  EXPECT_EQ(summary->spent, Usd{20 * 30 * 1'000});
  EXPECT_FALSE(summary->stopped);
  EXPECT_FALSE(summary->out_of_budget);
  EXPECT_EQ(last_["a"].done, 10);
  const auto outcomes = database_->outcomes();
  ASSERT_EQ(outcomes->size(), 20U);
  EXPECT_EQ(outcomes->front().grader, "number/2");
  EXPECT_EQ(outcomes->front().tokens.output, 20);
  EXPECT_FALSE(outcomes->front().tokens.estimated);
  EXPECT_THAT(bodies_[0], HasSubstr("What is 0 + 1?"));
}

TEST_F(InterviewTest, GoesOnWhereItStoppedAndPaysNothingTwice) {
  questions_ = questions_of(4);
  ASSERT_TRUE(run(right).has_value());
  questions_ = questions_of(10);
  experts_.push_back(expert_of("c"));
  const auto summary = run(right);
  ASSERT_TRUE(summary.has_value()) << summary.error().message;
  EXPECT_EQ(calls_["a"], 6);
  EXPECT_EQ(calls_["c"], 10);
  EXPECT_EQ(summary->experts[0].on_record, 4);
  EXPECT_EQ(summary->experts[0].done, 6);
  EXPECT_EQ(database_->outcomes()->size(), 30U);
  ASSERT_TRUE(run(right).has_value());
  EXPECT_TRUE(calls_.empty()) << "nothing is left to ask";
}

TEST_F(InterviewTest, OtherParametersAreOtherAnswers) {
  ASSERT_TRUE(run(right).has_value());
  options_.prompt.temperature = 0.5;
  ASSERT_TRUE(run(right).has_value());
  EXPECT_EQ(calls_["a"], 10);
}

TEST_F(InterviewTest, TriesAgainWhatMayPass) {
  options_.failures_max = 1'000;  // with three calls in flight, many failures come in a row
  const auto summary = run([](const Expert& expert, const std::string& body, int attempt) {
    if (attempt == 1) return ScriptedReply{.status = 0, .fault = http::Fault::connect};
    if (attempt == 2) return ScriptedReply{.status = 503, .body = "busy"};
    if (attempt == 3) return ScriptedReply{.status = 200, .body = "{\"choices\": ["};
    if (attempt == 4) return ScriptedReply{.status = 200, .fault = http::Fault::cut};
    return right(expert, body, attempt);
  });
  ASSERT_TRUE(summary.has_value()) << summary.error().message;
  EXPECT_EQ(calls_["a"], 50);
  EXPECT_EQ(summary->experts[0].done, 10);
  EXPECT_EQ(summary->experts[0].failed, 0);
  EXPECT_EQ(summary->experts[0].score_sum, 10.0);
  EXPECT_GT(summary->spent, Usd{2 * 10 * 15 * 1'000}) << "calls that broke off may be billed";
}

TEST_F(InterviewTest, FailsAQuestionAfterItsLastAttemptAndAsksItInTheNextRun) {
  options_.attempts_max = 3;
  const auto summary = run([](const Expert& expert, const std::string& body, int attempt) {
    if (expert.name == "a" && right_answer(body) == "5") return ScriptedReply{.status = 500};
    return right(expert, body, attempt);
  });
  ASSERT_TRUE(summary.has_value());
  EXPECT_EQ(calls_["a"], 12);
  EXPECT_EQ(summary->experts[0].done, 9);
  EXPECT_EQ(summary->experts[0].failed, 1);
  EXPECT_THAT(summary->experts[0].trouble, HasSubstr("HTTP 500"));
  EXPECT_FALSE(summary->experts[0].given_up);
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
  EXPECT_EQ(summary->experts[0].failed, 10);
  EXPECT_FALSE(summary->experts[0].given_up);
  EXPECT_THAT(summary->experts[0].trouble, HasSubstr("context too long"));
}

TEST_F(InterviewTest, GivesUpAnUnreachableExpertAndKeepsTheOthersAnswers) {
  options_.failures_max = 7;
  questions_ = questions_of(50);
  const auto summary = run([](const Expert& expert, const std::string& body, int attempt) {
    if (expert.name == "b") return ScriptedReply{.status = 0, .fault = http::Fault::connect};
    return right(expert, body, attempt);
  });
  ASSERT_TRUE(summary.has_value());
  EXPECT_EQ(summary->experts[0].done, 50);
  EXPECT_TRUE(summary->experts[1].given_up);
  EXPECT_EQ(summary->experts[1].done, 0);
  EXPECT_GE(calls_["b"], 7);
  EXPECT_LE(calls_["b"], 7 + options_.concurrency);
  EXPECT_FALSE(summary->out_of_budget);
}

TEST_F(InterviewTest, GivesUpAtOnceWhenTheKeyIsRefused) {
  const auto summary = run([](const Expert& expert, const std::string& body, int attempt) {
    if (expert.name == "b") return ScriptedReply{.status = 401};
    return right(expert, body, attempt);
  });
  ASSERT_TRUE(summary.has_value());
  EXPECT_TRUE(summary->experts[1].given_up);
  EXPECT_LE(calls_["b"], options_.concurrency);
}

TEST_F(InterviewTest, WaitsAsLongAsTheExpertAsks) {
  experts_.resize(1);
  questions_ = questions_of(3);
  options_.concurrency = 1;
  const SystemClock clock;
  const TimePoint start = clock.now();
  const auto summary = run([](const Expert& expert, const std::string& body, int attempt) {
    if (right_answer(body) == "1" && attempt == 1) {
      return ScriptedReply{.status = 429, .retry_after = std::chrono::seconds(1)};
    }
    return right(expert, body, attempt);
  });
  ASSERT_TRUE(summary.has_value());
  EXPECT_EQ(summary->experts[0].done, 3);
  EXPECT_GE(clock.now() - start, milliseconds(1'000));
}

TEST_F(InterviewTest, NeverExceedsTheBudgetEvenWithCallsInFlight) {
  options_.prompt.max_tokens = 100;
  questions_ = questions_of(200);
  // Every call may cost up to 0.0003 USD or so, and does cost 0.00011.
  for (const std::int64_t budget : {0, 100'000, 1'000'000, 5'000'000}) {
    SCOPED_TRACE(budget);
    options_.budget = Usd{budget};
    options_.prompt.temperature += 0.1;  // new answers each time
    const auto summary =
        run([](const Expert&, const std::string&, int) { return says("Answer: 1", 100); });
    ASSERT_TRUE(summary.has_value()) << summary.error().message;
    EXPECT_TRUE(summary->out_of_budget);
    EXPECT_LE(summary->spent, *options_.budget);
    EXPECT_GE(summary->spent.nano, budget - 1'000'000) << "what was reserved and not used is spent";
  }
}

TEST_F(InterviewTest, ABudgetNeedsEveryPrice) {
  options_.budget = Usd{1};
  experts_[1].prices.reset();
  const auto summary = run(right);
  ASSERT_FALSE(summary.has_value());
  EXPECT_EQ(summary.error().code, ErrorCode::invalid_argument);
  EXPECT_THAT(summary.error().message, HasSubstr("expert 'b' has no price"));
  EXPECT_TRUE(calls_.empty());
}

TEST_F(InterviewTest, StopsWhenToldAndKeepsWhatWasAnswered) {
  questions_ = questions_of(500);
  on_progress_ = [this](const ExpertProgress& progress) {
    if (progress.done >= 20) stop_ = true;
  };
  const auto summary = run([](const Expert& expert, const std::string& body, int attempt) {
    ScriptedReply reply = right(expert, body, attempt);
    reply.delay = milliseconds(1);
    return reply;
  });
  ASSERT_TRUE(summary.has_value());
  EXPECT_TRUE(summary->stopped);
  EXPECT_FALSE(summary->out_of_budget);
  const std::int64_t done = summary->experts[0].done + summary->experts[1].done;
  EXPECT_GE(done, 20);
  EXPECT_LT(done, 1'000);
  EXPECT_EQ(static_cast<std::int64_t>(database_->outcomes()->size()), done);
  EXPECT_EQ(static_cast<std::int64_t>(calls_["a"] + calls_["b"]), done) << "those in flight ended";
}

TEST_F(InterviewTest, CancelsCallsThatDoNotEndInTime) {
  options_.stop_patience = milliseconds(10);
  stop_ = false;
  std::atomic<int> started = 0;
  const auto summary = run([&](const Expert&, const std::string&, int) {
    if (++started == 6) stop_ = true;
    return ScriptedReply{.delay = std::chrono::hours(1)};
  });
  ASSERT_TRUE(summary.has_value());
  EXPECT_TRUE(summary->stopped);
  EXPECT_EQ(summary->experts[0].done, 0);
  EXPECT_GT(summary->spent, Usd{0}) << "what was cancelled may be billed";
}

TEST_F(InterviewTest, GuessesTokensWhenTheExpertDoesNotCount) {
  const auto summary = run(
      [](const Expert&, const std::string&, int) { return says("I do not know.", std::nullopt); });
  ASSERT_TRUE(summary.has_value());
  EXPECT_EQ(summary->experts[0].estimated, 10);
  EXPECT_EQ(summary->experts[0].unread, 10);
  const auto outcomes = database_->outcomes();
  EXPECT_TRUE(outcomes->front().tokens.estimated);
  EXPECT_GT(outcomes->front().tokens.input, 10);
  EXPECT_GT(outcomes->front().tokens.output, 0);
  EXPECT_GT(outcomes->front().cost.value_or(Usd()), Usd{0});
}

TEST_F(InterviewTest, LeavesOutWhatCannotBeGradedAndAsksEqualPromptsOnce) {
  questions_ = questions_of(3);
  questions_[1].answer.clear();
  questions_.push_back(questions_[0]);
  questions_.back().id = "twin";
  const auto summary = run(right);
  ASSERT_TRUE(summary.has_value());
  EXPECT_EQ(summary->ungradable, 1);
  EXPECT_EQ(summary->experts[0].total, 2);
  EXPECT_EQ(calls_["a"], 2);
}

TEST_F(InterviewTest, AnAnswerTooLongIsRefusedNotKept) {
  options_.answer_bytes_max = 1'000;
  const auto summary =
      run([](const Expert&, const std::string&, int) { return says(std::string(5'000, 'x')); });
  ASSERT_TRUE(summary.has_value());
  EXPECT_EQ(summary->experts[0].failed, 10);
  EXPECT_THAT(summary->experts[0].trouble, HasSubstr("more than 1000 bytes"));
}

TEST_F(InterviewTest, EndsWithTheStoresErrorAndLosesNothingReported) {
  store_.batches_until_fault = 2;
  const auto summary = run(right);
  ASSERT_FALSE(summary.has_value());
  EXPECT_THAT(summary.error().message, HasSubstr("disk full"));
  EXPECT_EQ(static_cast<std::int64_t>(database_->outcomes()->size()),
            last_["a"].done + last_["b"].done);
  EXPECT_EQ(database_->outcomes()->size(), 2 * options_.batch_max);
}

TEST_F(InterviewTest, RefusesAChangedQuestionBeforeItAsksAnybody) {
  ASSERT_TRUE(run(right).has_value());
  questions_[3].question = "Something else?";
  const auto summary = run(right);
  ASSERT_FALSE(summary.has_value());
  EXPECT_THAT(summary.error().message, HasSubstr("'q3'"));
  EXPECT_TRUE(calls_.empty());
}

TEST_F(InterviewTest, RefusesOptionsThatCannotWork) {
  for (int InterviewOptions::*field :
       {&InterviewOptions::concurrency, &InterviewOptions::attempts_max,
        &InterviewOptions::failures_max}) {
    const InterviewOptions good = options_;
    options_.*field = 0;
    EXPECT_FALSE(run(right).has_value());
    options_ = good;
  }
  experts_.clear();
  EXPECT_FALSE(run(right).has_value());
}

}  // namespace
}  // namespace ooe::interview
