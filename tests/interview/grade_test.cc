#include "interview/grade.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ooe::interview {
namespace {

using ::testing::HasSubstr;

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
  EXPECT_EQ(grader_of(open_question("the Seine"))->name, "text");
  EXPECT_FALSE(grader_of(open_question("")).has_value());
  EXPECT_FALSE(grader_of(choice_question("")).has_value());
}

TEST(Grade, SaysWhyAGraderCannotCompare) {
  struct Unfit {
    const char* answer;
    GraderKind kind;
    const char* why;
  };
  for (const auto& [answer, kind, why] :
       {Unfit{"", GraderKind::text, "unknown"}, Unfit{"Paris", GraderKind::choice, "no choice"},
        Unfit{"Paris", GraderKind::number, "no number"},
        Unfit{"(", GraderKind::regex, "no RE2 pattern"}, Unfit{"{", GraderKind::json, "no JSON"}}) {
    const auto grader = grader_of(open_question(answer), kind);
    ASSERT_FALSE(grader.has_value()) << answer;
    EXPECT_THAT(grader.error().message, HasSubstr("question 'q'"));
    EXPECT_THAT(grader.error().message, HasSubstr(why));
  }
  EXPECT_THAT(parse_grader("vibes").error().message, HasSubstr("choice, number, text"));
}

Graded graded(const Question& question, std::string_view answer,
              GraderKind kind = GraderKind::automatic) {
  return grade(*grader_of(question, kind), question, answer);
}

TEST(Grade, ScoresRightAnswersAndSaysWhyOthersCannotBeRead) {
  EXPECT_EQ(graded(choice_question("B"), "Answer: B").score, 1.0F);
  EXPECT_EQ(graded(choice_question("B"), "Answer: A").score, 0.0F);
  EXPECT_TRUE(graded(choice_question("B"), "Answer: A").reason.empty());
  EXPECT_FALSE(graded(choice_question("B"), "A or B").reason.empty());
  EXPECT_EQ(graded(open_question("1,000"), "It is 1e3.").score, 1.0F);
  EXPECT_EQ(graded(open_question("1,000"), "It is 999.").score, 0.0F);
  EXPECT_FALSE(graded(open_question("1,000"), "").reason.empty());
  EXPECT_EQ(graded(open_question("Seine"), "**Answer:** The Seine.").score, 1.0F);
  EXPECT_EQ(graded(open_question("Seine"), "**Answer:** The Seine.", GraderKind::exact).score,
            0.0F);
  EXPECT_FALSE(graded(open_question("Seine"), " \n", GraderKind::exact).reason.empty());
}

TEST(Grade, MatchesRegularExpressionsAnywhereAndInLinearTime) {
  const Question question = open_question("(?i)\\b(colou?r|hue)\\b");
  EXPECT_EQ(graded(question, "The Color is red", GraderKind::regex).score, 1.0F);
  EXPECT_EQ(graded(question, "discolored", GraderKind::regex).score, 0.0F);
  const Question hostile = open_question("(a*)*b");
  EXPECT_EQ(graded(hostile, std::string(100'000, 'a'), GraderKind::regex).score, 0.0F);
}

TEST(Grade, ReadsBothEndsOfALongAnswerInShortTime) {
  const std::string page(1'000'000, 'x');
  EXPECT_EQ(graded(choice_question("B"), page + "\nAnswer: B").score, 1.0F);
  EXPECT_EQ(graded(choice_question("B"), "B. four\n" + page).score, 1.0F);
  EXPECT_EQ(graded(open_question("7"), page + "\n#### 7").score, 1.0F);
  for (const std::string_view piece :
       {"A, ", "answer ", "\\boxed{", "four ", "#### ", "[{\"", "1,111", "Answer:\n"}) {
    std::string hostile;
    while (hostile.size() < 1'000'000) hostile += piece;
    for (const auto& question :
         {choice_question("B"), open_question("7"), open_question("Seine")}) {
      EXPECT_EQ(graded(question, hostile).score,
                question.choices.empty() || piece != "four " ? 0.0F : 1.0F)
          << piece;
    }
    (void)graded(open_question("{}"), hostile, GraderKind::json);
  }
}

}  // namespace
}  // namespace ooe::interview
