#include "interview/later_graders.h"

#include <cstddef>
#include <filesystem>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/interview/interview_fixture.h"

namespace ooe::interview {
namespace {

using ::testing::HasSubstr;

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
  EXPECT_EQ(outcomes->front().grader, "program/3");
  EXPECT_EQ(run(right)->programs->graded, 0) << "each is run once";
}

TEST_F(InterviewTest, RunsNoMoreProgramsOnceToldToStopAndCountsThem) {
  experts_.resize(1);
  options_.grader = GraderKind::program;
  options_.sandbox_threads = 1;
  const std::string begun = path_ + ".begun";
  options_.sandbox.command = "sh";
  const auto script = [&](const Expert&, const std::string& body, int) {
    return says("touch " + begun + "; sleep 0.1; echo " + right_answer(body));
  };
  std::jthread watcher([&](const std::stop_token& over) {
    while (!over.stop_requested() && !std::filesystem::exists(begun)) {
      std::this_thread::sleep_for(milliseconds(1));
    }
    stop_ = true;
  });
  auto summary = run(script);
  watcher.join();
  ASSERT_TRUE(summary.has_value()) << summary.error().message;
  EXPECT_GT(summary->programs->graded, 0);
  EXPECT_GT(summary->programs->ungraded, 0);
  EXPECT_EQ(summary->programs->graded + summary->programs->ungraded, 10);
  const std::int64_t graded = summary->programs->graded;
  stop_ = true;
  EXPECT_EQ(run(script)->programs->ungraded, 10 - graded);
  stop_ = false;
  summary = run(script);
  EXPECT_EQ(summary->programs->graded, 10 - graded);
  EXPECT_EQ(summary->programs->ungraded, 0);
  std::filesystem::remove(begun);
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
    EXPECT_EQ(outcome.grader, "judge:judge:rubric/2");
    EXPECT_NE(outcome.expert, "judge");
    sum += static_cast<double>(outcome.score);
  }
  EXPECT_EQ(sum, 8.5) << "8 of a's right, one a half, b's wrong";
  summary = run(script);
  EXPECT_EQ(calls_["judge"], 0) << "verdicts are on record";
  options_.ask.keep_answers = false;
  EXPECT_THAT(run(script).error().message, HasSubstr("--no-answers"));
}

TEST_F(InterviewTest, PricesWhatTheJudgeIsStillToBeAsked) {
  options_.grader = GraderKind::judge;
  options_.judge = expert_of("judge");
  const auto price = [this] {
    const SystemClock clock;
    const auto journal = store::InterviewJournal::open(path_, clock);
    const auto examination = make_examination(questions_, options_.prompt, options_.grader);
    return *price_of_judging(**journal, experts_, *examination, *options_.judge, options_.judging);
  };
  JudgePrice before = price();
  EXPECT_EQ(before.to_ask, 0) << "no answer is on record";
  for (const Question& question : questions_) {
    for (std::size_t i = 0; i < experts_.size(); ++i) {
      add_judging(before, question, options_.prompt.max_tokens, 20, *options_.judge,
                  options_.judging);
    }
  }
  EXPECT_EQ(before.to_ask, 40);
  EXPECT_GT(before.most, before.about);
  options_.ask.budget = Usd{4'000'000};  // for some of the judge's calls
  options_.prompt.max_tokens = 100;
  const auto script = [](const Expert& expert, const std::string& body, int attempt) {
    return expert.name == "judge" ? judge_of(body) : right(expert, body, attempt);
  };
  auto summary = run(script);
  ASSERT_TRUE(summary.has_value()) << summary.error().message;
  EXPECT_TRUE(summary->judged->out_of_budget);
  const JudgePrice rest = price();
  EXPECT_GT(rest.to_ask, 0);
  options_.ask.budget.reset();
  summary = run(script);
  ASSERT_TRUE(summary.has_value()) << summary.error().message;
  EXPECT_EQ(calls_["judge"], rest.to_ask);
  EXPECT_GE(rest.most, summary->judged->spent);
  EXPECT_EQ(price().to_ask, 0);
  EXPECT_EQ(price().on_record, 2) << "of the one that says nothing";
}

TEST_F(InterviewTest, WhatAJudgeSaidOfOtherQuestionsIsNotOfThisBudget) {
  options_.grader = GraderKind::judge;
  options_.judge = expert_of("judge");
  options_.prompt.max_tokens = 100;
  const auto script = [](const Expert& expert, const std::string& body, int attempt) {
    return expert.name == "judge" ? verdict("Verdict: correct") : right(expert, body, attempt);
  };
  ASSERT_TRUE(run(script).has_value());
  const Usd once = Usd{40 * 207 * 1'000};
  for (Question& question : questions_) {
    question.id += "-of another benchmark";
    question.question += " Think of oranges.";
  }
  options_.ask.budget = once + Usd{4'000'000};  // for this one, not for both
  const auto summary = run(script);
  ASSERT_TRUE(summary.has_value()) << summary.error().message;
  EXPECT_EQ(summary->judged->judged, 20);
  EXPECT_FALSE(summary->judged->out_of_budget);
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

}  // namespace
}  // namespace ooe::interview
