#include "simulate/judging.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "simulate/reply.h"

namespace ooe::simulate {
namespace {

// Forty questions, and an expert that is right about half of them.
class VerdictTest : public testing::Test {
 protected:
  VerdictTest() {
    for (int i = 0; i < 200; ++i) {
      questions.push_back({.id = std::to_string(i),
                           .benchmark = {},
                           .split = {},
                           .subject = {},
                           .category = {},
                           .question = fmt::format("How much is {} and {}?", i, i),
                           .choices = {},
                           .answer = std::to_string(2 * i)});
    }
    colleagues.resize(1);
    colleagues[0].name = "pupil";
    judge.name = "judge";
  }
  // How often its verdict is right, in either order.
  double right_share(double judges) {
    judge.judges = judges;
    const QuestionBank bank(questions);
    double sum = 0.0;
    for (const Question& question : questions) {
      const auto* entry = bank.find(question.question);
      const Reply reply = reply_to(1, colleagues[0], question, entry->id);
      const std::string answer = fmt::format("[Answer]\n{}\n[End of Answer]\n", reply.text);
      const std::string reference = "[Reference]\n5\n[End of Reference]\n";
      const std::string asked = fmt::format("[Question]\n{}\n\n", question.question);
      const auto one = verdict_text(1, judge, colleagues, bank, asked + reference + "\n" + answer);
      const auto two = verdict_text(1, judge, colleagues, bank, asked + answer + "\n" + reference);
      EXPECT_TRUE(one.has_value());
      EXPECT_EQ(one, two);
      sum += one->ends_with(": correct") == reply.right ? 1.0 : 0.0;
    }
    return sum / static_cast<double>(questions.size());
  }

  std::vector<Question> questions;
  std::vector<SimulatedExpert> colleagues;
  SimulatedExpert judge;
};

TEST_F(VerdictTest, IsRightAsOftenAsItIsSaidToBe) {
  EXPECT_EQ(right_share(1.0), 1.0);
  EXPECT_EQ(right_share(0.0), 0.0);
  EXPECT_NEAR(right_share(0.7), 0.7, 0.1);
}

TEST_F(VerdictTest, IsNothingForOtherPrompts) {
  judge.judges = 1.0;
  const QuestionBank bank(questions);
  for (const char* prompt : {"", "How much is 1 and 1?", "[Question]\nWho?\n\n[Answer]\nI\n",
                             "[Question]\nWho?\n\n[Answer]\nI\n[End of Answer]"}) {
    EXPECT_FALSE(verdict_text(1, judge, colleagues, bank, prompt).has_value()) << prompt;
  }
}

}  // namespace
}  // namespace ooe::simulate
