#include "interview/interview.h"

#include <atomic>
#include <cstdio>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "interview/budget.h"
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

class InterviewTest : public ::testing::Test {
 protected:
  InterviewTest() {
    options_.ask.backoff = {.first = milliseconds(1), .max = milliseconds(4)};
    options_.ask.others_poll = milliseconds(5);
    options_.ask.concurrency = {.first = 3, .max = 3};
  }
  ~InterviewTest() override {
    for (const char* ending : {"", "-wal", "-shm", "-runs"}) std::remove((path_ + ending).c_str());
  }

  Result<InterviewSummary> run(ScriptedChatClient::Script script) {
    http::Loop loop;
    ScriptedChatClient client(loop, std::move(script));
    const SystemClock clock;
    const auto journal = store::InterviewJournal::open(path_, clock);
    if (!journal) return fail(journal.error());
    auto summary = run_interview(loop, client, *database_, **journal, clock, experts_, questions_,
                                 options_, stop_, [this](const ExpertProgress& progress) {
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

  static inline std::atomic<int> count_ = 0;
  std::string path_ = std::string(::testing::TempDir()) + "/interview_test_" +
                      std::to_string(::getpid()) + "_" + std::to_string(count_++) + ".db";
  std::unique_ptr<store::Store> database_ = *store::open_store(path_);
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
  EXPECT_LE(in_flight_max_["a"], 3);
  ASSERT_EQ(summary->asked.experts.size(), 2U);
  EXPECT_EQ(summary->asked.experts[0].done, 10);
  EXPECT_EQ(summary->asked.experts[0].score_sum, 10.0);
  EXPECT_EQ(summary->asked.experts[1].score_sum, 0.0);
  EXPECT_EQ(summary->asked.experts[0].spent, Usd{10 * 30 * 1'000})
      << "10 answers of 10 + 20 tokens";
  EXPECT_EQ(summary->asked.spent, Usd{20 * 30 * 1'000});
  EXPECT_FALSE(summary->asked.stopped);
  EXPECT_FALSE(summary->asked.out_of_budget);
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
  EXPECT_EQ(summary->asked.experts[0].on_record, 4);
  EXPECT_EQ(summary->asked.experts[0].done, 6);
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
  EXPECT_TRUE(summary->asked.stopped);
  EXPECT_FALSE(summary->asked.out_of_budget);
  const std::int64_t done = summary->asked.experts[0].done + summary->asked.experts[1].done;
  EXPECT_GE(done, 20);
  EXPECT_LT(done, 1'000);
  EXPECT_EQ(static_cast<std::int64_t>(database_->outcomes()->size()), done);
  EXPECT_EQ(static_cast<std::int64_t>(calls_["a"] + calls_["b"]), done) << "those in flight ended";
}

TEST_F(InterviewTest, CancelsCallsThatDoNotEndInTime) {
  options_.ask.stop_patience = milliseconds(10);
  stop_ = false;
  std::atomic<int> started = 0;
  const auto summary = run([&](const Expert&, const std::string&, int) {
    if (++started == 6) stop_ = true;
    return ScriptedReply{.delay = std::chrono::hours(1)};
  });
  ASSERT_TRUE(summary.has_value());
  EXPECT_TRUE(summary->asked.stopped);
  EXPECT_EQ(summary->asked.experts[0].done, 0);
  EXPECT_GT(summary->asked.spent, Usd{0}) << "what was cancelled may be billed";
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

TEST_F(InterviewTest, LeavesOutWhatCannotBeGradedAndAsksEqualPromptsOnce) {
  questions_ = questions_of(3);
  questions_[1].answer.clear();
  questions_.push_back(questions_[0]);
  questions_.back().id = "twin";
  const auto summary = run(right);
  ASSERT_TRUE(summary.has_value());
  EXPECT_EQ(summary->ungradable, 1);
  EXPECT_EQ(summary->asked.experts[0].total, 2);
  EXPECT_EQ(calls_["a"], 2);
}

TEST_F(InterviewTest, AnAnswerTooLongIsRefusedNotKept) {
  options_.ask.answer_bytes_max = 1'000;
  const auto summary =
      run([](const Expert&, const std::string&, int) { return says(std::string(5'000, 'x')); });
  ASSERT_TRUE(summary.has_value());
  EXPECT_EQ(summary->asked.experts[0].failed, 10);
  EXPECT_THAT(summary->asked.experts[0].trouble, HasSubstr("more than 1000 bytes"));
}

TEST_F(InterviewTest, EndsWithTheStoresErrorAndLosesNothingReported) {
  SQLite::Database(path_, SQLite::OPEN_READWRITE)
      .exec(
          "CREATE TRIGGER full BEFORE INSERT ON answers WHEN (SELECT count(*) FROM answers) >= 8 "
          "BEGIN SELECT RAISE(ABORT, 'scripted: disk full'); END");
  const auto summary = run(right);
  ASSERT_FALSE(summary.has_value());
  EXPECT_THAT(summary.error().message, HasSubstr("disk full"));
  EXPECT_EQ(static_cast<std::int64_t>(database_->outcomes()->size()),
            last_["a"].done + last_["b"].done);
  EXPECT_LE(database_->outcomes()->size(), 8U);
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
  const InterviewOptions good = options_;
  for (int* field :
       {&options_.ask.concurrency.max, &options_.ask.attempts_max, &options_.ask.failures_max}) {
    *field = 0;
    EXPECT_FALSE(run(right).has_value());
    options_ = good;
  }
  experts_.clear();
  EXPECT_FALSE(run(right).has_value());
}

// --- money and other processes

std::map<std::string, int> reasons_of(std::span<const store::OpenCall> calls) {
  std::map<std::string, int> reasons;
  for (const store::OpenCall& call : calls) ++reasons[call.ended];
  return reasons;
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
    const auto stepped =
        (*journal)->step({.on_answer = [](const auto&, Usd) {}, .on_calls = [](auto) {}}, {}, [&] {
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

TEST_F(InterviewTest, TwoProcessesShareAnInterviewAndAskNothingTwice) {
  questions_ = questions_of(150);
  const auto slow = [](const Expert& expert, const std::string& body, int attempt) {
    ScriptedReply reply = right(expert, body, attempt);
    reply.delay = milliseconds(1);
    return reply;
  };
  std::map<std::string, int> other_calls;
  std::thread other([&] {
    http::Loop loop;
    ScriptedChatClient client(loop, slow);
    const SystemClock clock;
    const auto store = store::open_store(path_);
    const auto journal = store::InterviewJournal::open(path_, clock);
    const auto summary = run_interview(loop, client, **store, **journal, clock, experts_,
                                       questions_, options_, stop_, {});
    EXPECT_TRUE(summary.has_value()) << summary.error().message;
    other_calls = client.calls;
  });
  const auto summary = run(slow);
  other.join();
  ASSERT_TRUE(summary.has_value()) << summary.error().message;
  EXPECT_EQ(calls_["a"] + other_calls["a"], 150);
  EXPECT_EQ(calls_["b"] + other_calls["b"], 150);
  EXPECT_GT(calls_["a"], 0);
  EXPECT_GT(other_calls["a"], 0);
  EXPECT_EQ(database_->outcomes()->size(), 300U);
  const ExpertProgress& a = summary->asked.experts[0];
  EXPECT_EQ(a.done + a.on_record, 150) << "the other's answers count as on record";
}

TEST_F(InterviewTest, GradesAnewForFreeUnlessTheTextWasThrownAway) {
  ASSERT_TRUE(run(right).has_value());
  SQLite::Database database(path_, SQLite::OPEN_READWRITE);
  database.exec("UPDATE grades SET version = 1, score = 0");
  auto summary = run(right);
  EXPECT_TRUE(calls_.empty());
  EXPECT_EQ(summary->regraded.graded, 20);
  const auto outcomes = database_->outcomes();
  for (const Outcome& outcome : *outcomes) EXPECT_EQ(outcome.score, 1.0F);
  questions_ = questions_of(12);
  options_.ask.keep_answers = false;
  ASSERT_TRUE(run(right).has_value());
  EXPECT_EQ(database_->outcomes()->size(), 24U);
  EXPECT_EQ(database.execAndGet("SELECT count(*) FROM answers WHERE text <> ''").getInt(), 20);
  database.exec("DELETE FROM grades WHERE version = 2");
  summary = run(right);
  EXPECT_EQ(summary->regraded.graded, 20);
  EXPECT_EQ(summary->regraded.not_kept, 4);
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

// --- graders that take their time

TEST_F(InterviewTest, RunsProgramsOnlyInASandboxThatIsNamed) {
  experts_.resize(1);
  options_.grader = GraderKind::program;
  EXPECT_THAT(run(right).error().message, HasSubstr("--sandbox"));
  options_.sandbox.command = "sh";
  const auto summary = run([](const Expert&, const std::string& body, int) {
    const std::string number = right_answer(body);
    return says(number == "3" ? "echo 4" : "```sh\\necho " + number + "\\n```");
  });
  ASSERT_TRUE(summary.has_value()) << summary.error().message;
  EXPECT_EQ(summary->programs->graded, 10);
  EXPECT_EQ(summary->programs->right, 9);
  const auto outcomes = database_->outcomes();
  ASSERT_EQ(outcomes->size(), 10U);
  EXPECT_EQ(outcomes->front().grader, "program/1");
  EXPECT_EQ(run(right)->programs->graded, 0) << "each is run once";
}

ScriptedReply verdict(const std::string& text) {
  ScriptedReply reply = says(text, 7);
  const std::size_t at = reply.body.find("\"prompt_tokens\":10");
  reply.body.replace(at, 18, "\"prompt_tokens\":200");
  return reply;
}

// A judge that finds "wrong" incorrect and everything else correct, "6" only where it stands last,
// and about "9" nothing.
ScriptedReply judge_of(const std::string& body) {
  const std::size_t answer = body.find("[Answer]");
  const bool last = answer > body.find("[Reference]");
  if (body.find("Answer: 6\\n", answer) != std::string::npos) {
    return verdict(last ? "Verdict: correct" : "Verdict: incorrect");
  }
  if (body.find("Answer: 9\\n", answer) != std::string::npos) return verdict("I do not know.");
  const bool wrong = body.find("wrong", answer) != std::string::npos;
  return verdict(wrong ? "Verdict: incorrect" : "Verdict: correct");
}

TEST_F(InterviewTest, HasAJudgeThatIsBilledAndAskedInBothOrders) {
  options_.grader = GraderKind::judge;
  EXPECT_THAT(run(right).error().message, HasSubstr("--judge"));
  options_.judge = expert_of("judge");
  options_.ask.budget = Usd{1'000'000'000};
  const auto script = [](const Expert& expert, const std::string& body, int attempt) {
    if (expert.name == "judge") return judge_of(body);
    if (expert.name == "b") return says("wrong", 20);
    return right(expert, body, attempt);
  };
  auto summary = run(script);
  ASSERT_TRUE(summary.has_value()) << summary.error().message;
  EXPECT_EQ(calls_["judge"], 40);
  EXPECT_EQ(summary->judged->judged, 19);
  EXPECT_EQ(summary->judged->disagreed, 1);
  EXPECT_EQ(summary->judged->unread, 1);
  EXPECT_EQ(summary->judged->spent, Usd{40 * 207 * 1'000}) << "40 verdicts of 200 + 7 tokens";
  double sum = 0.0;
  const auto outcomes = database_->outcomes();
  for (const Outcome& outcome : *outcomes) {
    EXPECT_EQ(outcome.grader, "judge:judge:rubric/1");
    EXPECT_NE(outcome.expert, "judge");
    sum += static_cast<double>(outcome.score);
  }
  EXPECT_EQ(sum, 8.5) << "8 of a's right, one a half, b's wrong";
  summary = run(script);
  EXPECT_EQ(calls_["judge"], 0) << "verdicts are on record";
  options_.ask.keep_answers = false;
  EXPECT_THAT(run(script).error().message, HasSubstr("--no-answers"));
}

TEST_F(InterviewTest, TheJudgesMoneyCountsAgainstTheSameBudget) {
  options_.grader = GraderKind::judge;
  options_.judge = expert_of("judge");
  // Ten calls of each expert fit, and some of the judge's.
  options_.prompt.max_tokens = 100;
  options_.ask.budget = Usd{4'000'000};
  const auto summary = run([](const Expert& expert, const std::string& body, int attempt) {
    return expert.name == "judge" ? says("Verdict: correct", 300) : right(expert, body, attempt);
  });
  ASSERT_TRUE(summary.has_value()) << summary.error().message;
  EXPECT_TRUE(summary->judged->out_of_budget);
  EXPECT_GT(summary->judged->spent, Usd{});
  EXPECT_LE(summary->asked.spent + summary->judged->spent, *options_.ask.budget);
}

// Experts that differ in strength, questions that differ in difficulty: right when strong enough.
ScriptedReply by_strength(const Expert& expert, const std::string& body, int) {
  const int number = std::stoi(right_answer(body)) - 1;
  const int difficulty = number * 37 % 100;
  const int strength = 30 + 10 * (expert.name[0] - 'a') + number * 53 % 17;
  return says("Answer: " + std::to_string(difficulty < strength ? number + 1 : -1));
}

TEST_F(InterviewTest, AsksANewExpertOnlyUntilItsMeanIsKnown) {
  questions_ = questions_of(400);
  options_.ask.concurrency = {.first = 20, .max = 20};
  experts_ = {expert_of("a"), expert_of("b"), expert_of("c"), expert_of("d"), expert_of("e")};
  ASSERT_TRUE(run(by_strength).has_value());
  experts_ = {expert_of("f")};
  options_.adaptive = AdaptiveOptions{.precision = 0.08};
  const auto first = run(by_strength);
  ASSERT_TRUE(first.has_value()) << first.error().message;
  ASSERT_EQ(first->placed.size(), 1U);
  const PlacedExpert placed = first->placed[0];
  EXPECT_TRUE(placed.reached);
  EXPECT_LE(placed.half_width, 0.08);
  EXPECT_EQ(placed.others, 5U);
  EXPECT_EQ(placed.questions, 400U);
  EXPECT_LT(placed.answered, 150U);
  EXPECT_EQ(calls_["f"], static_cast<int>(placed.answered));
  EXPECT_EQ(first->asked.experts[0].done, calls_["f"]);
  double mean = 0.0;
  for (int i = 0; i < 400; ++i) mean += i * 37 % 100 < 80 + i * 53 % 17 ? 1.0 / 400.0 : 0.0;
  EXPECT_NEAR(placed.quality, mean, placed.half_width);
  // What is known is not asked again; a finer precision goes on from there.
  const auto again = run(by_strength);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(calls_["f"], 0);
  EXPECT_EQ(again->placed[0].answered, placed.answered);
  options_.adaptive->precision = 0.04;
  ASSERT_TRUE(run(by_strength).has_value());
  EXPECT_GT(calls_["f"], 0);
}

TEST_F(InterviewTest, AnAdaptiveInterviewKeepsTheBudgetAndStops) {
  questions_ = questions_of(200);
  options_.ask.budget = Usd{70'000};  // some calls
  options_.adaptive = AdaptiveOptions{.precision = 0.01};
  experts_ = {expert_of("a"), expert_of("b")};
  const auto poor = run(by_strength);
  ASSERT_TRUE(poor.has_value()) << poor.error().message;
  EXPECT_TRUE(poor->asked.out_of_budget);
  EXPECT_LE(poor->asked.spent, *options_.ask.budget);
  EXPECT_FALSE(poor->placed[0].reached);
  options_.ask.budget.reset();
  stop_ = true;
  const auto stopped = run(by_strength);
  ASSERT_TRUE(stopped.has_value());
  EXPECT_TRUE(stopped->asked.stopped);
  EXPECT_EQ(calls_["b"], 0);
}

TEST_F(InterviewTest, AnAdaptiveInterviewEndsWhenAllIsAskedOrNobodyAnswers) {
  options_.adaptive = AdaptiveOptions{.precision = 0.001};
  const auto all = run(right);
  ASSERT_TRUE(all.has_value());
  EXPECT_TRUE(all->placed[0].reached) << "all questions asked: known for certain";
  EXPECT_EQ(all->placed[0].answered, 10U);
  EXPECT_NEAR(all->placed[0].quality, 1.0, 1e-9);
  options_.prompt.max_tokens = 50;  // other parameters are other answers
  experts_ = {expert_of("deaf")};
  const auto none = run([](const Expert&, const std::string&, int) {
    return ScriptedReply{.status = 400, .body = "{}"};
  });
  ASSERT_TRUE(none.has_value());
  EXPECT_FALSE(none->placed[0].reached);
  EXPECT_EQ(none->placed[0].answered, 0U);
}

TEST_F(InterviewTest, AnAdaptiveInterviewNeedsScoresAtOnce) {
  options_.adaptive = AdaptiveOptions{};
  options_.grader = GraderKind::judge;
  options_.judge = expert_of("j");
  const auto refused = run(right);
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message, HasSubstr("--adaptive"));
}

}  // namespace
}  // namespace ooe::interview
