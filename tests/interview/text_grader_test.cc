#include "interview/text_grader.h"

#include <string>

#include <gtest/gtest.h>

#include "base/rng.h"

namespace ooe::interview {
namespace {

TEST(TextGrader, FindsThePartOfAnAnswerThatCounts) {
  struct Case {
    const char* answer;
    const char* part;
  };
  for (const auto& [answer, part] : {
           Case{"Paris", "Paris"},
           Case{"  Paris \n", "Paris"},
           Case{"**Paris**", "Paris"},
           Case{"\"Paris\"", "Paris"},
           Case{"`x y`", "x y"},
           Case{"`a` or `b`", "`a` or `b`"},
           Case{"Answer: Paris", "Paris"},
           Case{"ANSWER: Paris", "Paris"},
           Case{"**Answer:** Paris", "Paris"},
           Case{"**Answer: Paris**", "Paris"},
           Case{"Answer: **Paris**", "Paris"},
           Case{"Final answer: Paris\nI am sure.", "Paris"},
           Case{"The answer is Paris", "Paris"},
           Case{"The answer is: Paris", "Paris"},
           Case{"### Answer\nParis", "Paris"},
           Case{"Answer:\nParis", "Paris"},
           Case{"Answer: Rome\nNo.\nAnswer: Paris", "Paris"},
           Case{"\\boxed{Paris}", "Paris"},
           Case{"So \\boxed{\\text{Paris}}.", "Paris"},
           Case{"\\boxed{f(x) = {1}}", "f(x) = {1}"},
           Case{"Answer: Rome. Wait: \\boxed{Paris}", "Paris"},
           Case{"\\boxed{Rome}\nAnswer: Paris", "Paris"},
           Case{"It took long to answer this. Paris", "It took long to answer this. Paris"},
           Case{"", ""},
           Case{"Answer:", "Answer:"},
           // What stands below the line, or behind it, does not count.
           Case{"Answer: Paris\n\nI hope this answer is helpful.", "Paris"},
           Case{"Answer: George Washington\n\nTell me if the answer is unclear.",
                "George Washington"},
           Case{"### Final Answer\n\n**Paris**\n\nThe answer is well known.", "Paris"},
           Case{"**Answer**\nParis\n\nThe answer is well known.", "Paris"},
           Case{"\\boxed{Paris}\n\nThis answer is final.", "Paris"},
           Case{"> **Final answer:** Paris\nThe answer is from a book.", "Paris"},
           Case{"Answer: Rome? No. Answer: Paris", "Paris"},
           Case{"Answer: The final answer is Paris", "Paris"},
           Case{"<think>The answer is Rome?</think>Answer: Paris\nThe answer is sure.", "Paris"},
           Case{"{\"question_answer\": \"Paris\"}", "{\"question_answer\": \"Paris\"}"},
           Case{"Final answer: $\\text{Paris}$", "Paris"},
           Case{"Final answer: $\\text{Paris}$.", "Paris"},
           Case{"Answer: \\(x^2+1\\)", "x^2+1"},
       }) {
    SCOPED_TRACE(answer);
    EXPECT_EQ(final_text(answer), part);
  }
}

TEST(TextGrader, ComparesWordsNotTheirDress) {
  struct Case {
    const char* answer;
    const char* truth;
    bool same;
  };
  for (const auto& [answer, truth, same] : {
           Case{"Paris.", "paris", true},
           Case{"The Seine", "Seine", true},
           Case{"Answer: the Seine!", "Seine", true},
           Case{"PARIS, FRANCE", "Paris France", true},
           Case{"Stra\xC3\x9F"
                "e",
                "STRASSE", true},
           Case{"\xEF\xBC\xB0"
                "aris",
                "Paris", true},
           Case{"caf\x65\xCC\x81", "caf\xC3\xA9", true},
           Case{"x-ray", "x-ray", true},
           Case{"xray", "x-ray", false},
           Case{"C++", "C", false},
           Case{"-3", "3", false},
           Case{"3.5", "35", false},
           Case{"50%", "50", false},
           Case{"A", "a", true},
           Case{"Answer: \xE2\x80\x9CParis\xE2\x80\x9D", "Paris", true},
           Case{"Answer: O\xE2\x80\x99"
                "Brien",
                "O'Brien", true},
           Case{"O'Brien",
                "O\xE2\x80\x99"
                "Brien",
                true},
           Case{"self\xE2\x80\x91"
                "evident",
                "self-evident", true},
           Case{"1939\xE2\x80\x93"
                "1945",
                "1939-1945", true},
           Case{"$\\text{Paris}$", "Paris", true},
           Case{"", "Paris", false},
           Case{"...", "", false},
           Case{"Not Paris", "Paris", false},
           Case{"Paris or Rome", "Paris", false},
       }) {
    SCOPED_TRACE(answer);
    EXPECT_EQ(same_words(answer, truth), same);
  }
}

TEST(TextGrader, ExactMeansTheBytes) {
  EXPECT_TRUE(same_bytes(" Paris\n", "Paris"));
  EXPECT_TRUE(same_bytes("I thought.\nAnswer: Paris", "Paris"));
  EXPECT_TRUE(same_bytes("Answer: see below", "Answer: see below"));
  EXPECT_TRUE(same_bytes("Answer: $x$", "$x$"));
  EXPECT_TRUE(same_bytes("Answer: Paris\nThe answer is short.", "Paris"));
  EXPECT_FALSE(same_bytes("paris", "Paris"));
  EXPECT_FALSE(same_bytes("Paris.", "Paris"));
}

TEST(TextGrader, EveryTextIsItself) {
  Rng rng(3);
  for (int round = 0; round < 5'000; ++round) {
    std::string text;
    for (std::uint64_t i = 0; i < 1 + rng.below(12); ++i) {
      text += static_cast<char>(rng.below(4) == 0 ? rng.below(256) : 'a' + rng.below(26));
    }
    EXPECT_TRUE(same_bytes(text, text)) << text;
    EXPECT_EQ(plain_words(plain_words(text)), plain_words(text)) << text;
  }
}

}  // namespace
}  // namespace ooe::interview
