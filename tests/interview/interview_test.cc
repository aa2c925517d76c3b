#include "interview/interview.h"

#include <atomic>
#include <map>
#include <string>
#include <thread>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/interview/interview_fixture.h"

namespace ooe::interview {
namespace {

using ::testing::HasSubstr;

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
  EXPECT_EQ(outcomes->front().grader, "number/5");
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
    const auto summary = run_interview({loop, client, **journal, clock, stop_}, **store, experts_,
                                       questions_, options_);
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
  database.exec("DELETE FROM grades WHERE version > 1");
  summary = run(right);
  EXPECT_EQ(summary->regraded.graded, 20);
  EXPECT_EQ(summary->regraded.not_kept, 4);
  const auto examination = make_examination(questions_, options_.prompt, options_.grader);
  const SystemClock clock;
  const auto journal = store::InterviewJournal::open(path_, clock);
  const auto known = answers_on_record(**journal, experts_, *examination);
  ASSERT_TRUE(known.has_value()) << known.error().message;
  EXPECT_EQ(known->answers, 24);
  EXPECT_EQ(known->not_kept, 4) << "whoever has graded them";
}

TEST_F(InterviewTest, CountsQuestionsThatContradictOneBeforeThem) {
  questions_ = questions_of(4);
  Question same = questions_[0];
  same.id = "again";
  Question corrected = questions_[1];
  corrected.id = "corrected";
  corrected.answer = "77";
  questions_.insert(questions_.end(), {same, corrected});
  const auto summary = run(right);
  ASSERT_TRUE(summary.has_value());
  EXPECT_EQ(summary->asked.experts[0].done, 4);
  EXPECT_EQ(summary->contradicting, 1);
  EXPECT_EQ(summary->shared, 2) << "of a and b";
  EXPECT_EQ(database_->outcomes()->size(), 10U) << "the one that is there twice has two outcomes";
}

// What question ids score, of expert a.
std::map<std::string, float> scores_of(store::Store& store, const std::string& ending) {
  std::map<std::string, float> scores;
  const auto outcomes = store.outcomes();
  for (const Outcome& outcome : *outcomes) {
    if (outcome.expert != "a" || !outcome.question_id.ends_with(ending)) continue;
    EXPECT_TRUE(scores.emplace(outcome.question_id, outcome.score).second);
  }
  return scores;
}

TEST_F(InterviewTest, TheSameTextUnderAnotherIdIsGradedAndNotAskedAgain) {
  for (const bool keep : {true, false}) {
    SCOPED_TRACE(keep);
    options_.ask.keep_answers = keep;
    questions_ = questions_of(4);
    const std::string ending = keep ? " kept" : " not kept";
    if (!keep) {
      for (Question& question : questions_) question.question = "Once more. " + question.question;
    }
    for (Question& question : questions_) question.id += " first" + ending;
    ASSERT_TRUE(run(right).has_value());
    for (std::size_t i = 0; i < 4; ++i) questions_[i].id = fmt::format("q{} again{}", i, ending);
    questions_[3].answer = "77";  // whoever wrote this key is wrong, or the first one was
    auto summary = run(right);
    ASSERT_TRUE(summary.has_value()) << summary.error().message;
    EXPECT_TRUE(calls_.empty());
    EXPECT_EQ(summary->asked.spent, Usd{});
    EXPECT_EQ(summary->shared, 8);
    EXPECT_EQ(summary->without_outcome, keep ? 0 : 2);
    auto again = scores_of(*database_, " again" + ending);
    EXPECT_EQ(again.size(), keep ? 4U : 3U);
    EXPECT_EQ(again["q0 again" + ending], 1.0F);
    if (keep) {
      EXPECT_EQ(again["q3 again kept"], 0.0F) << "by its own truth";
    }
    EXPECT_EQ(scores_of(*database_, " first" + ending).size(), 4U);
    summary = run(right);
    ASSERT_TRUE(summary.has_value()) << summary.error().message;
    EXPECT_EQ(summary->shared, 0) << "once is enough";
    EXPECT_EQ(summary->without_outcome, keep ? 0 : 2);
    EXPECT_EQ(scores_of(*database_, " again" + ending).size(), keep ? 4U : 3U);
  }
}

TEST_F(InterviewTest, SharedAnswersAreGradedAnewByTheirOwnTruth) {
  questions_ = questions_of(4);
  ASSERT_TRUE(run(right).has_value());
  for (Question& question : questions_) question.id += " again";
  questions_[3].answer = "77";
  ASSERT_TRUE(run(right).has_value());
  SQLite::Database database(path_, SQLite::OPEN_READWRITE);
  database.exec("UPDATE grades SET version = 1, score = 0.5");
  const auto summary = run(right);
  ASSERT_TRUE(summary.has_value()) << summary.error().message;
  EXPECT_EQ(summary->regraded.graded, 8) << "not those of the first ids, whose questions these are "
                                            "not";
  const auto again = scores_of(*database_, " again");
  EXPECT_EQ(again.at("q0 again"), 1.0F);
  EXPECT_EQ(again.at("q3 again"), 0.0F);
}

TEST_F(InterviewTest, SharedAnswersAreJudgedByTheirOwnTruth) {
  options_.grader = GraderKind::judge;
  options_.judge = expert_of("judge");
  const auto script = [](const Expert& expert, const std::string& body, int attempt) {
    return expert.name == "judge" ? says("Verdict: correct") : right(expert, body, attempt);
  };
  questions_ = questions_of(4);
  ASSERT_TRUE(run(script).has_value());
  for (Question& question : questions_) question.id += " again";
  questions_[3].answer = "77";
  const auto summary = run(script);
  ASSERT_TRUE(summary.has_value()) << summary.error().message;
  EXPECT_EQ(calls_["judge"], 2) << "of the other truth, in both orders; a's answer is b's";
  EXPECT_EQ(calls_["a"], 0);
  EXPECT_EQ(scores_of(*database_, " again").size(), 4U);
}

}  // namespace
}  // namespace ooe::interview
