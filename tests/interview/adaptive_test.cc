#include "interview/adaptive.h"

#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/interview/interview_fixture.h"

namespace ooe::interview {
namespace {

using ::testing::HasSubstr;

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

TEST_F(InterviewTest, AnAdaptiveInterviewCountsAnswersToItsOwnPromptsAlone) {
  questions_ = questions_of(60);
  experts_ = {expert_of("a"), expert_of("b")};
  ASSERT_TRUE(run(by_strength).has_value());
  options_.prompt.style = PromptStyle::direct;
  options_.adaptive = AdaptiveOptions{.precision = 0.02};
  experts_ = {expert_of("a")};
  const auto other_style = run(by_strength);
  ASSERT_TRUE(other_style.has_value()) << other_style.error().message;
  EXPECT_GT(calls_["a"], 0);
  EXPECT_EQ(other_style->placed[0].answered, static_cast<std::size_t>(calls_["a"]));
  ASSERT_TRUE(run(by_strength).has_value());
  EXPECT_EQ(calls_["a"], 0) << "these are on record";
}

// While it asks its first questions, another process has all of them answered.
TEST_F(InterviewTest, AnAdaptiveInterviewCountsWhatOthersHaveAskedMeanwhile) {
  questions_ = questions_of(60);
  experts_ = {expert_of("a")};
  const auto examination = make_examination(questions_, options_.prompt, options_.grader);
  ASSERT_TRUE(examination.has_value());
  options_.adaptive = AdaptiveOptions{.precision = 0.001};
  bool others_asked = false;
  const auto summary = run([&](const Expert& expert, const std::string& body, int attempt) {
    if (!std::exchange(others_asked, true)) {
      for (const AskTask& task : examination->tasks) {
        store::Answer answer;
        answer.key = {"a", task.key.prompt_hash, task.key.parameters_hash, 0};
        answer.question_id = task.question->id;
        answer.text = "Answer: " + task.question->answer;
        const store::Grade grade{answer.key, "number", kNumberGrader.version, 1.0F};
        EXPECT_TRUE(
            database_->put_answers(std::span(&answer, 1), std::span(&grade, 1)).has_value());
      }
    }
    return right(expert, body, attempt);
  });
  ASSERT_TRUE(summary.has_value()) << summary.error().message;
  EXPECT_LE(calls_["a"], 3) << "those that were in flight";
  EXPECT_EQ(summary->placed[0].answered, 60U);
  EXPECT_TRUE(summary->placed[0].reached);
  const ExpertProgress& a = summary->asked.experts[0];
  EXPECT_EQ(a.on_record + a.done, 60);
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
