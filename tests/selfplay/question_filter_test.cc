#include "selfplay/question_filter.h"

#include <set>
#include <utility>

#include <gtest/gtest.h>

#include "selfplay/family.h"
#include "selfplay/generator.h"

namespace ooe::selfplay {
namespace {

Question open_question(std::string text, std::string answer) {
  return {.id = "q",
          .benchmark = {},
          .split = {},
          .subject = {},
          .category = {},
          .question = std::move(text),
          .choices = {},
          .answer = std::move(answer)};
}

TEST(QuestionFilter, RefusesForTheRightReason) {
  Question same_choices = open_question("Which of these is a city in France?", "A");
  same_choices.choices = {"Lyon", "lyon "};
  Question letter_outside = open_question("Which of these is a city in Spain?", "C");
  letter_outside.choices = {"Lyon", "Sevilla"};
  const struct {
    Question question;
    Screening screening;
  } cases[] = {
      {open_question("How many legs do 3 spiders have?", "24"), Screening::admitted},
      {open_question("How many legs do 3 SPIDERS have?!", "24"), Screening::known},
      {open_question("2 + 2?", "4"), Screening::malformed},
      {open_question("How many \x01 legs do ants have?", "6"), Screening::malformed},
      {open_question("How many legs do \xFF\xFE have, all told?", "6"), Screening::malformed},
      {open_question("Why do people sleep in the night?", ""), Screening::unanswerable},
      {same_choices, Screening::malformed},
      {letter_outside, Screening::unanswerable},
      {open_question("\xD0\xA1\xD0\xBA\xD0\xBE\xD0\xBB\xD1\x8C\xD0\xBA\xD0\xBE 3 + 5 x 9?", "48"),
       Screening::foreign},
      {open_question("Wie gro\xC3\x9F ist die H\xC3\xA4lfte von 42?", "21"), Screening::admitted},
      {open_question("What is the capital of the country whose king lives in Oslo?", "Oslo"),
       Screening::contaminated},
  };
  QuestionFilter filter({});
  filter.know_test(open_question(
      "Please say: what is the capital of the country whose king lives in Oslo?", ""));
  for (const auto& [question, screening] : cases) {
    EXPECT_EQ(filter.screen(question), screening) << question.question;
  }
  EXPECT_EQ(filter.counts()[static_cast<std::size_t>(Screening::malformed)], 4);
  EXPECT_EQ(filter.counts()[static_cast<std::size_t>(Screening::contaminated)], 1);
}

// The same question with its choices in another order, or with other wrong ones.
TEST(QuestionFilter, KnowsAQuestionByItsStem) {
  const std::string stem = "Which of the planets of our sun takes the longest time to go round it?";
  Question known = open_question(stem, "A");
  known.choices = {"Neptune", "a planet that nobody has seen", "the one with many rings", "Mars"};
  Question short_one = open_question("Which of these is prime?", "B");
  short_one.choices = {"91", "97", "99", "93"};
  QuestionFilter filter({});
  filter.know_test(known);
  filter.know(short_one);

  Question shuffled = known;
  std::swap(shuffled.choices[0], shuffled.choices[3]);
  std::swap(shuffled.choices[1], shuffled.choices[2]);
  shuffled.answer = "D";
  Question distracted = known;
  distracted.choices = {"Venus, which is hot", "Neptune", "Earth, where we live", "Jupiter"};
  distracted.answer = "B";
  Question without = open_question(stem + "!", "Neptune");
  Question short_shuffled = short_one;
  std::swap(short_shuffled.choices[1], short_shuffled.choices[2]);
  short_shuffled.answer = "C";
  Question short_distracted = short_one;
  short_distracted.choices = {"97", "1001", "1007", "1011"};
  short_distracted.answer = "A";
  Question short_other = short_one;  // another question in the same few words
  short_other.choices = {"51", "57", "59", "63"};
  short_other.answer = "C";
  Question longer = open_question(
      "Which of the planets of our sun takes the longest time to go round it if it stood where "
      "Venus does and Venus stood where that one does, in a sun of half the mass?",
      "A");
  longer.choices = {"Mars", "Venus"};
  EXPECT_EQ(filter.screen(shuffled), Screening::contaminated);
  EXPECT_EQ(filter.screen(distracted), Screening::contaminated);
  EXPECT_EQ(filter.screen(without), Screening::contaminated);
  EXPECT_EQ(filter.screen(short_shuffled), Screening::known);
  EXPECT_EQ(filter.screen(short_distracted), Screening::known);
  EXPECT_EQ(filter.screen(short_other), Screening::admitted);
  EXPECT_EQ(filter.screen(longer), Screening::admitted);
}

TEST(QuestionFilter, AGeneratedExamHoldsNoTwins) {
  std::vector<const Family*> all;
  for (const Family& family : families()) all.push_back(&family);
  const auto exam = generate(all, 7, 400, QuestionFilter({})).questions;
  ASSERT_GE(exam.size(), 390U);
  std::set<std::string> stems;
  for (const Question& question : exam) {
    EXPECT_TRUE(stems.insert(question.question).second) << question.question;
  }
}

TEST(QuestionFilter, CatchesEveryPlantedTestQuestion) {
  QuestionFilter filter({});
  for (const Family& family : families()) {
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
      filter.know_test(make_question(family, 3, seed));
    }
  }
  for (const Family& family : families()) {
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
      Question planted = make_question(family, 3, seed);
      planted.id = "another";
      planted.question = "  " + planted.question + "\n";
      EXPECT_EQ(filter.screen(planted), Screening::contaminated) << planted.question;
    }
  }
  EXPECT_EQ(filter.counts()[static_cast<std::size_t>(Screening::contaminated)],
            static_cast<std::int64_t>(8 * families().size()));
}

TEST(QuestionFilter, AdmitsMostOfWhatFamiliesMake) {
  QuestionFilter filter({});
  std::int64_t made = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    for (const Family& family : families()) {
      for (int level = 1; level <= kLevels; ++level, ++made) {
        (void)filter.screen(make_question(family, level, seed));
      }
    }
  }
  EXPECT_EQ(filter.counts()[static_cast<std::size_t>(Screening::malformed)], 0);
  EXPECT_EQ(filter.counts()[static_cast<std::size_t>(Screening::unanswerable)], 0);
  EXPECT_GE(filter.counts()[static_cast<std::size_t>(Screening::admitted)], made * 6 / 10);
}

TEST(QuestionFilter, AdmitsOnlySoManyOfOneForm) {
  QuestionFilter filter({.similarity_max = 1.01, .form_max = 3});
  int admitted = 0;
  for (int i = 10; i < 20; ++i) {
    const auto question = open_question("What is the double of " + std::to_string(i) + "?", "1");
    admitted += filter.screen(question) == Screening::admitted ? 1 : 0;
  }
  EXPECT_EQ(admitted, 3);
  EXPECT_EQ(filter.counts()[static_cast<std::size_t>(Screening::alike)], 7);
}

}  // namespace
}  // namespace ooe::selfplay
