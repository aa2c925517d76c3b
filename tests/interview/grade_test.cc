#include "interview/grade.h"

#include <gtest/gtest.h>

#include "interview/prompt.h"

namespace ooe::interview {
namespace {

Question open_question(const char* answer) {
  Question question;
  question.id = "q";
  question.question = "How much?";
  question.answer = answer;
  return question;
}

Question choice_question(const char* answer) {
  Question question = open_question(answer);
  question.choices = {"three", "four"};
  return question;
}

TEST(Grade, PicksTheGraderByTheQuestion) {
  EXPECT_EQ(grader_of(choice_question("B"))->name, "choice");
  EXPECT_EQ(grader_of(open_question("42"))->name, "number");
  EXPECT_FALSE(grader_of(open_question("")).has_value());
  EXPECT_FALSE(grader_of(choice_question("")).has_value());
  EXPECT_FALSE(grader_of(open_question("a poem")).has_value());
}

TEST(Grade, ScoresRightAnswersAndSaysWhyOthersCannotBeRead) {
  EXPECT_EQ(grade(choice_question("B"), "Answer: B").score, 1.0F);
  EXPECT_EQ(grade(choice_question("B"), "Answer: A").score, 0.0F);
  EXPECT_TRUE(grade(choice_question("B"), "Answer: A").reason.empty());
  EXPECT_FALSE(grade(choice_question("B"), "A or B").reason.empty());
  EXPECT_EQ(grade(open_question("1,000"), "It is 1e3.").score, 1.0F);
  EXPECT_EQ(grade(open_question("1,000"), "It is 999.").score, 0.0F);
  EXPECT_FALSE(grade(open_question("1,000"), "").reason.empty());
}

TEST(Prompt, ShowsThePresentedTextUnchanged) {
  const RenderedPrompt prompt = render_prompt(choice_question("B"), {});
  ASSERT_EQ(prompt.chat.messages.size(), 2U);
  EXPECT_EQ(prompt.chat.messages[0].role, "system");
  EXPECT_EQ(prompt.chat.messages[1].role, "user");
  EXPECT_EQ(prompt.chat.messages[1].content, "How much?\nA. three\nB. four");
}

TEST(Prompt, HashesWhatTheExpertSeesAndNothingElse) {
  const RenderedPrompt one = render_prompt(choice_question("B"), {});
  Question same = choice_question("A");
  same.id = "other";
  EXPECT_EQ(render_prompt(same, {}).prompt_hash, one.prompt_hash);
  EXPECT_EQ(one.prompt_hash.size(), 32U);
  same.choices[0] = "five";
  EXPECT_NE(render_prompt(same, {}).prompt_hash, one.prompt_hash);
  EXPECT_NE(render_prompt(open_question("4"), {}).prompt_hash, one.prompt_hash);
  EXPECT_EQ(render_prompt(same, {}).parameters_hash, one.parameters_hash);
  EXPECT_NE(render_prompt(same, {.max_tokens = 9}).parameters_hash, one.parameters_hash);
}

}  // namespace
}  // namespace ooe::interview
