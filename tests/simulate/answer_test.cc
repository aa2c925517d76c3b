#include "simulate/answer.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace ooe::simulate {
namespace {

constexpr int kRounds = 3'000;

const Question kChoice{.id = "q1",
                       .benchmark = "t",
                       .split = {},
                       .subject = "geography",
                       .category = {},
                       .question = "Capital of France?",
                       .choices = {"Rome", "Oslo", "Paris", "Bern"},
                       .answer = "C"};

Question open(std::string answer) {
  Question question = kChoice;
  question.choices.clear();
  question.answer = std::move(answer);
  return question;
}

// The last place where one of the choices is named by its letter, as a word of its own: where a
// model's final answer stands.
char last_letter(std::string_view text) {
  char letter = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool starts = i == 0 || std::isalnum(static_cast<unsigned char>(text[i - 1])) == 0;
    const bool ends =
        i + 1 == text.size() || std::isalnum(static_cast<unsigned char>(text[i + 1])) == 0;
    if (starts && ends && text[i] >= 'A' && text[i] <= 'D') letter = text[i];
  }
  return letter;
}

// The last number of a text, thousands separators taken out; NaN when there is none.
double last_number(std::string text) {
  std::erase(text, ',');
  while (!text.empty() && std::isdigit(static_cast<unsigned char>(text.back())) == 0) {
    text.pop_back();
  }
  std::size_t begin = text.find_last_not_of("0123456789.-");
  begin = begin == std::string::npos ? 0 : begin + 1;
  return begin == text.size() ? std::nan("") : std::stod(text.substr(begin));
}

TEST(Answer, RightChoicesEndInTheRightLetterInEveryManner) {
  std::set<std::string> manners;
  Rng rng(1);
  for (int i = 0; i < kRounds; ++i) {
    const std::string text = answer_text(kChoice, true, 0.4, rng);
    EXPECT_EQ(last_letter(text), 'C') << text;
    manners.insert(text);
  }
  EXPECT_GE(manners.size(), 11U);
}

TEST(Answer, WrongChoicesAreOtherChoicesWithTheirTextOrEvasions) {
  Rng rng(2);
  std::set<char> letters;
  int evasions = 0;
  for (int i = 0; i < kRounds; ++i) {
    const std::string text = answer_text(kChoice, false, 0.2, rng);
    const char letter = last_letter(text);
    EXPECT_NE(letter, 'C') << text;
    EXPECT_EQ(text.find("Paris"), std::string::npos) << text;
    letters.insert(letter);
    const bool names_two = text.find("both seem") != std::string::npos;
    evasions += letter == 0 || names_two ? 1 : 0;
  }
  EXPECT_EQ(letters, (std::set<char>{0, 'A', 'B', 'D'}));
  EXPECT_NEAR(evasions / static_cast<double>(kRounds), 1.0 / 12.0, 0.02);
}

TEST(Answer, NumbersAreTheTruthOrClearlyNot) {
  struct Case {
    std::string answer;
    double value;
  };
  Rng rng(3);
  for (const auto& [answer, value] :
       {Case{"42", 42}, Case{"0", 0}, Case{"1", 1}, Case{"-7", -7}, Case{"3.14", 3.14},
        Case{"1234567", 1234567}, Case{"-12345.50", -12345.5}, Case{"0.001", 0.001}}) {
    SCOPED_TRACE(answer);
    std::set<std::string> manners;
    for (int i = 0; i < 500; ++i) {
      const std::string right = answer_text(open(answer), true, 0.4, rng);
      EXPECT_DOUBLE_EQ(last_number(right), value) << right;
      manners.insert(right);
      const std::string wrong = answer_text(open(answer), false, 0.4, rng);
      const double said = last_number(wrong);
      EXPECT_TRUE(std::isnan(said) || std::abs(said - value) > 0.04 * std::abs(value)) << wrong;
    }
    EXPECT_GE(manners.size(), 8U);
  }
}

TEST(Answer, WritesThousandsWithSeparatorsAtTimes) {
  Rng rng(4);
  bool seen = false;
  for (int i = 0; i < 200; ++i) {
    const std::string text = answer_text(open("1234567.5"), true, 0.0, rng);
    seen = seen || text.find("1,234,567.5") != std::string::npos;
  }
  EXPECT_TRUE(seen);
}

TEST(Answer, WrongAnswersToTextQuestionsDoNotHoldTheTruth) {
  Rng rng(5);
  for (int i = 0; i < 200; ++i) {
    EXPECT_NE(answer_text(open("chlorophyll"), true, 0.5, rng).find("chlorophyll"),
              std::string::npos);
    EXPECT_EQ(answer_text(open("chlorophyll"), false, 0.5, rng).find("chlorophyll"),
              std::string::npos);
  }
}

TEST(Answer, VerbosityIsTheShareOfLongAnswers) {
  Rng rng(6);
  int worked = 0;
  for (int i = 0; i < kRounds; ++i) {
    worked += answer_text(kChoice, true, 0.3, rng).size() > 100 ? 1 : 0;
  }
  EXPECT_NEAR(worked / static_cast<double>(kRounds), 0.3, 3.0 * std::sqrt(0.21 / kRounds));
}

TEST(Answer, IsKnownOnlyWithinTheChoices) {
  EXPECT_TRUE(has_known_answer(kChoice));
  Question question = kChoice;
  for (const std::string_view answer : {"", "E", "c", "CC", "3"}) {
    question.answer = answer;
    EXPECT_FALSE(has_known_answer(question)) << answer;
  }
  EXPECT_FALSE(has_known_answer(open("")));
}

TEST(Answer, RepeatsItselfForTheSameDice) {
  Rng a(9);
  Rng b(9);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(answer_text(kChoice, i % 2 == 0, 0.5, a), answer_text(kChoice, i % 2 == 0, 0.5, b));
  }
}

}  // namespace
}  // namespace ooe::simulate
