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
  for (const char* text : {"19th century", "4th of July", "2nd Amendment", "4th", "3x+y", "2\\pi",
                           "5x", "50 Cent", "2\\sqrt{3}"}) {
    EXPECT_EQ(grader_of(open_question(text))->name, "text") << text;
  }
  for (const char* number : {"$18", "50%", "42 km", "-3", "3/4", "1,000"}) {
    EXPECT_EQ(grader_of(open_question(number))->name, "number") << number;
  }
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

TEST(Grade, ComparesWhatOnlyBeginsLikeANumberAsText) {
  struct Case {
    const char* truth;
    const char* answer;
    float score;
  };
  for (const auto& [truth, answer, score] : {
           Case{"19th century", "Answer: the 19th century", 1.0F},
           Case{"4th of July", "Answer: 4th of July", 1.0F},
           Case{"2nd Amendment", "Answer: 2nd amendment.", 1.0F},
           Case{"4th", "Answer: 4th", 1.0F},
           Case{"3x+y", "Answer: 3x+y", 1.0F},
           Case{"3x+y", "Answer: 3x-7y", 0.0F},
           Case{"2\\pi", "Answer: $2\\pi$", 1.0F},
           Case{"2\\pi", "Answer: 2", 0.0F},
           Case{"2\\pi", "Answer: 2\\sqrt{3}", 0.0F},
           Case{"5x", "Answer: 5y", 0.0F},
           Case{"50 Cent", "Answer: 50 Cent", 1.0F},
           Case{"50 Cent", "Answer: 50 Shades of Grey", 0.0F},
           Case{"0.5", "Answer: 0.5%", 0.0F},
       }) {
    SCOPED_TRACE(answer);
    EXPECT_EQ(graded(open_question(truth), answer).score, score);
  }
}

TEST(Grade, ReadsNoThoughts) {
  const std::string thought = "<think>Answer: 70, or A?\n```json\n1\n```\n</think>\n";
  EXPECT_EQ(graded(open_question("72"), thought + "72").score, 1.0F);
  EXPECT_EQ(graded(open_question("70"), thought + "72").score, 0.0F);
  EXPECT_EQ(graded(choice_question("B"), thought + "B").score, 1.0F);
  EXPECT_EQ(graded(open_question("Seine"), thought + "the Seine").score, 1.0F);
  EXPECT_EQ(graded(open_question("Seine"), thought + "Seine", GraderKind::exact).score, 1.0F);
  EXPECT_EQ(graded(open_question("70"), thought + "72", GraderKind::regex).score, 0.0F);
  EXPECT_EQ(graded(open_question("1"), thought + "2", GraderKind::json).score, 0.0F);
  EXPECT_EQ(graded(open_question("72"), "So it is 70.</think>72").score, 1.0F) << "no opening tag";
  EXPECT_EQ(graded(open_question("72"), thought + "Wait</think> 72").score, 1.0F);
  // Cut while thinking: a number on the way is no answer.
  EXPECT_EQ(graded(open_question("70"), "<think>Answer: 70").score, 0.0F);
  EXPECT_FALSE(graded(open_question("70"), "\n<think>Answer: 70").reason.empty());
  EXPECT_EQ(graded(open_question("70"), "The tag <think> opens a thought. Answer: 70").score, 1.0F);
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
       {"A, ", "answer ", "\\boxed{", "four ", "#### ", "[{\"", "1,111", "Answer:\n", "Answer: x ",
        "minus 1 ", "\\frac1", "1 000 ", "if A would ", "A - no, ", "2:30 ", "\xC2\xBD"}) {
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
