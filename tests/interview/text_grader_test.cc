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
