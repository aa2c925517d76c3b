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

struct Pair {
  const char* answer;
  const char* truth;
};

// A sign, an operator or a relation is what such an answer says.
TEST(TextGrader, TellsSignsOperatorsAndRelationsApart) {
  for (const auto& [answer, truth] : {
           Pair{"x > 3", "x < 3"},
           Pair{"2x + 3", "2x - 3"},
           Pair{"2x+3", "2x-3"},
           Pair{"y = 2x + 1", "y = 2x - 1"},
           Pair{"(x + 2)(x - 3)", "(x - 2)(x + 3)"},
           Pair{"x <= 3", "x >= 3"},
           Pair{"x <= 3", "x < 3"},
           Pair{"a / b", "a * b"},
           Pair{"x + y", "x - y"},
           Pair{"x - y", "x y"},
           Pair{"x != y", "x == y"},
           Pair{"n!", "n"},
           Pair{"(n - 1)!", "n - 1"},
           Pair{"f'", "f"},
           Pair{"f'(x)", "f(x)"},
           Pair{"p -> q", "p <- q"},
           Pair{"p && q", "p || q"},
           Pair{"!p", "p"},
           Pair{"~p", "p"},
           Pair{"-x", "x"},
           Pair{"-infinity", "infinity"},
           Pair{"-\xE2\x88\x9E", "\xE2\x88\x9E"},
           Pair{"x = -2", "x = 2"},
           Pair{"-5 degrees", "5 degrees"},
           Pair{".5", "5"},
           Pair{"50 %", "50"},
           Pair{"x^2", "x 2"},
           Pair{"|x|", "x"},
           Pair{"A*", "A"},
           Pair{"C#", "C"},
           Pair{"Na+", "Na"},
           Pair{"Cl-", "Cl"},
           Pair{"\\n", "n"},
           Pair{"revenue - cost", "revenue + cost"},
           Pair{"profit = revenue - cost", "profit = revenue cost"},
           // Brackets say what belongs together, and which interval it is.
           Pair{"a + b * c", "(a + b) * c"},
           Pair{"-x + 1", "-(x + 1)"},
           Pair{"2x + 3/5", "(2x + 3)/5"},
           Pair{"(0, 1)", "[0, 1]"},
           Pair{"(0, 1]", "[0, 1]"},
           Pair{"(3 - 2)", "(3, -2)"},
       }) {
    SCOPED_TRACE(answer);
    EXPECT_FALSE(same_words(answer, truth)) << truth;
    EXPECT_FALSE(same_words(truth, answer)) << truth;
    EXPECT_TRUE(same_words(answer, answer));
    EXPECT_TRUE(same_words(truth, truth));
  }
}

TEST(TextGrader, AFormulaMayBeSpaced) {
  for (const auto& [answer, truth] : {
           Pair{"2x+3", "2x + 3"},
           Pair{"$2x - 3$", "2x-3"},
           Pair{"y=-2x+1", "y = -2x + 1"},
           Pair{"(x+2)(x-3)", "(x + 2)(x - 3)"},
           Pair{"**(x + 2)(x - 3)**", "(x + 2)(x - 3)"},
           Pair{"(x + 2)", "x + 2"},
           Pair{"x\xE2\x89\xA4"
                "3",
                "x <= 3"},
           Pair{"$x \\geq 3$", "x >= 3"},
           Pair{"\\(3 \\times 4\\)", "3 * 4"},
           Pair{"(3,4)", "(3, 4)"},
           Pair{"3, 4", "(3, 4)"},
           Pair{"50 %", "50%"},
           Pair{"O(n log n).", "O(n log n)"},
           Pair{"x\xE2\x88\x92"
                "1",
                "x - 1"},
           Pair{"A + B", "a + b"},
       }) {
    SCOPED_TRACE(answer);
    EXPECT_TRUE(same_words(answer, truth)) << truth;
    EXPECT_TRUE(same_words(truth, answer)) << truth;
  }
}

TEST(TextGrader, AnAnswerMayBeNothingButSigns) {
  for (const char* truth : {"%", "&&", "<=", "*", "**", "->", "!", "?", "...", "++", "-", "#"}) {
    SCOPED_TRACE(truth);
    EXPECT_TRUE(same_words(truth, truth));
    EXPECT_TRUE(same_words("Answer: `" + std::string(truth) + "`", truth));
    EXPECT_TRUE(same_words("Answer: `" + std::string(truth) + "`\n\nIt is an operator.", truth));
    EXPECT_FALSE(same_words("Answer: `@`", truth));
    EXPECT_FALSE(same_words("", truth));
    EXPECT_FALSE(same_words("x", truth));
    EXPECT_FALSE(same_words(truth, ""));
    EXPECT_FALSE(same_words(truth, "x"));
  }
  EXPECT_TRUE(same_words("Answer: %", "%"));
  EXPECT_TRUE(same_words("Answer: *", "*"));
  EXPECT_TRUE(same_words("**&&**", "&&"));
  EXPECT_TRUE(same_words("<=.", "<="));
  EXPECT_FALSE(same_words("||", "&&"));
  EXPECT_FALSE(same_words("&", "&&"));
}

TEST(TextGrader, NamesKeepTheLetterThatLooksLikeAnArticle) {
  for (const auto& [answer, truth] : {
           Pair{"Vitamin", "Vitamin A"},
           Pair{"Vitamin", "vitamin a"},
           Pair{"Vitamin B", "Vitamin A"},
           Pair{"Hepatitis", "Hepatitis A"},
           Pair{"Vitamin deficiency", "Vitamin A deficiency"},
           Pair{"Type blood", "Type-A blood"},
           Pair{"B", "A, B"},
           Pair{"A and B", "A or B"},
           Pair{"= 5", "a = 5"},
       }) {
    SCOPED_TRACE(answer);
    EXPECT_FALSE(same_words(answer, truth)) << truth;
    EXPECT_FALSE(same_words(truth, answer)) << truth;
  }
  for (const auto& [answer, truth] : {
           Pair{"vitamin A.", "Vitamin A"},
           Pair{"VITAMIN A", "vitamin a"},
           Pair{"the cat", "cat"},
           Pair{"A cat", "cat"},
           Pair{"a **cat**", "The cat"},
           Pair{"capital of a country", "the capital of country"},
           Pair{"THE CAPITAL OF A COUNTRY", "the capital of a country"},
           Pair{"An apple a day", "apple a day"},
       }) {
    SCOPED_TRACE(answer);
    EXPECT_TRUE(same_words(answer, truth)) << truth;
    EXPECT_TRUE(same_words(truth, answer)) << truth;
  }
}

TEST(TextGrader, PunctuationOfProseSaysNothing) {
  for (const auto& [answer, truth] : {
           Pair{"well-known", "well known"},
           Pair{"COVID 19", "COVID-19"},
           Pair{"Spider-Man!", "spider man"},
           Pair{"the **Seine** (in Paris)", "Seine in Paris"},
           Pair{"Paris - the city of light", "Paris, the city of light"},
           Pair{"Paris \xE2\x80\x94 the city of light", "Paris: the city of light"},
           Pair{"- Paris", "Paris"},
           Pair{"- CO2", "CO2"},
           Pair{"* UK", "UK"},
           Pair{"> H2O", "H2O"},
           Pair{"Apollo 11!", "Apollo 11"},
           Pair{"* Paris", "Paris"},
           Pair{"> Paris", "Paris"},
           Pair{"<Paris>", "Paris"},
           Pair{"[Paris]", "Paris"},
           Pair{"*Paris* is _it_", "Paris is it"},
           Pair{"**Paris", "Paris"},
           Pair{"'Paris' it is", "Paris it is"},
           Pair{"rock 'n' roll", "rock n roll"},
           Pair{"the Beatles'", "Beatles"},
           Pair{"Yahoo!", "Yahoo"},
           Pair{"Dr. Watson", "Dr Watson"},
           Pair{"Paris,France", "Paris, France"},
           Pair{"un-", "un"},
           Pair{"#1", "1"},
           Pair{"$5 million", "5 million"},
           Pair{"~5 km", "5 km"},
           Pair{"\\pi", "pi"},
           Pair{"U.S.A.", "U.S.A"},
       }) {
    SCOPED_TRACE(answer);
    EXPECT_TRUE(same_words(answer, truth)) << truth;
    EXPECT_TRUE(same_words(truth, answer)) << truth;
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
