#include "interview/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/unicode.h"

namespace ooe::interview {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Question question_of() {
  Question question;
  question.question = "Why is the sky blue?";
  question.answer = "Rayleigh scattering";
  return question;
}

TEST(Judge, ShowsBothOrders) {
  for (const JudgeMode mode : {JudgeMode::rubric, JudgeMode::pairwise}) {
    const JudgeOptions options{.mode = mode};
    const std::string plain =
        judge_prompt(question_of(), "Scattered light", options, false).messages[1].content;
    const std::string swapped =
        judge_prompt(question_of(), "Scattered light", options, true).messages[1].content;
    EXPECT_THAT(plain, HasSubstr("Why is the sky blue?"));
    const bool answer_first = plain.find("Scattered light") < plain.find("Rayleigh");
    EXPECT_EQ(answer_first, mode == JudgeMode::pairwise);
    EXPECT_NE(swapped.find("Scattered light") < swapped.find("Rayleigh"), answer_first);
    EXPECT_NE(judge_key(judge_prompt(question_of(), "x", options, false), options).prompt_hash,
              judge_key(judge_prompt(question_of(), "x", options, true), options).prompt_hash);
  }
  EXPECT_NE(judge_parameters_hash({.mode = JudgeMode::rubric}),
            judge_parameters_hash({.mode = JudgeMode::pairwise}));
}

TEST(Judge, DoesNotSeeThoughts) {
  const auto prompt =
      judge_prompt(question_of(), "<think>Is it the sea?</think>Scattered light", {}, false);
  EXPECT_THAT(prompt.messages[1].content, HasSubstr("\nScattered light\n"));
  EXPECT_THAT(prompt.messages[1].content, Not(HasSubstr("sea")));
}

TEST(Judge, IsShownBothEndsOfALongAnswer) {
  std::string answer = "I begin.";
  for (int i = 0; i < 20'000; ++i) answer += "\xC3\xA9 ";
  answer += "So it is Rayleigh's.";
  for (const JudgeMode mode : {JudgeMode::rubric, JudgeMode::pairwise}) {
    const auto prompt = judge_prompt(question_of(), answer, {.mode = mode}, true);
    const std::string& shown = prompt.messages[1].content;
    EXPECT_THAT(shown, HasSubstr("I begin."));
    EXPECT_THAT(shown, HasSubstr("So it is Rayleigh's."));
    EXPECT_THAT(shown, HasSubstr("left out"));
    EXPECT_TRUE(is_valid_utf8(shown));
    EXPECT_LE(input_tokens_max(prompt),
              judge_input_tokens_max(question_of(), 1'000'000, {.mode = mode}));
  }
  EXPECT_EQ(judge_input_tokens_max(question_of(), 5, {}),
            input_tokens_max(judge_prompt(question_of(), "12345", {}, false)));
}

TEST(Judge, ReadsVerdicts) {
  struct Case {
    const char* first;
    const char* swapped;
    JudgeMode mode;
    float score;
    bool disagreed;
    bool unread;
  };
  constexpr auto kRubric = JudgeMode::rubric;
  constexpr auto kPairwise = JudgeMode::pairwise;
  for (const Case& one : {
           Case{"Verdict: correct", "**Verdict:** correct.", kRubric, 1.0F, false, false},
           Case{"Verdict: incorrect", "verdict: Incorrect", kRubric, 0.0F, false, false},
           Case{"Verdict: correct", "Verdict: incorrect", kRubric, 0.5F, true, false},
           Case{"Verdict: incorrect? No. Verdict: correct", "Verdict: correct", kRubric, 1.0F,
                false, false},
           Case{"It is correct.", "Verdict: correct", kRubric, 0.0F, false, true},
           Case{"Verdict: mostly correct", "Verdict: correct", kRubric, 0.0F, false, true},
           Case{"Verdict: 1", "Verdict: 2", kPairwise, 1.0F, false, false},
           Case{"Verdict: 2", "Verdict: 1", kPairwise, 0.0F, false, false},
           Case{"Verdict: tie", "Verdict: tie", kPairwise, 0.5F, false, false},
           Case{"Verdict: 1", "Verdict: 1", kPairwise, 0.5F, true, false},
           Case{"Verdict: tie", "Verdict: 2", kPairwise, 0.5F, true, false},
           Case{"", "Verdict: 2", kPairwise, 0.0F, false, true},
           Case{"VERDICT: CORRECT", "### Verdict\ncorrect", kRubric, 1.0F, false, false},
           Case{"## Verdict:\n\n**Incorrect**", "**Verdict**\n\nincorrect", kRubric, 0.0F, false,
                false},
           Case{"Verdict: The answer is correct.", "Verdict: it is correct", kRubric, 1.0F, false,
                false},
           Case{"Verdict: the answer is not correct", "Verdict: not correct", kRubric, 0.0F, false,
                false},
           Case{"Verdict: correct\nThis verdict is final.", "Verdict: correct\n\nVerdict given.",
                kRubric, 1.0F, false, false},
           Case{"Verdict: not incorrect", "Verdict: correct", kRubric, 0.0F, false, true},
           Case{"Verdict: **1**", "VERDICT: Answer 2", kPairwise, 1.0F, false, false},
           Case{"### Verdict\nAnswer 2 is better", "Verdict: The better answer is 1", kPairwise,
                0.0F, false, false},
       }) {
    SCOPED_TRACE(one.first);
    const Judged judged = read_verdicts(one.first, one.swapped, one.mode);
    EXPECT_EQ(judged.score, one.score);
    EXPECT_EQ(judged.disagreed, one.disagreed);
    EXPECT_EQ(judged.unread, one.unread);
  }
}

}  // namespace
}  // namespace ooe::interview
