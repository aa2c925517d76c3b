#include "selfplay/family.h"

#include <map>
#include <set>

#include <gmock/gmock.h>

#include "interview/grade.h"

namespace ooe::selfplay {
namespace {

constexpr std::uint64_t kSeedsOfEach = 100;

// Calls `check` for many questions of every family and level.
template <class Check>
void for_many(Check check) {
  for (const Family& family : families()) {
    for (int level = 1; level <= kLevels; ++level) {
      for (std::uint64_t seed = 0; seed < kSeedsOfEach; ++seed) {
        const Question question = make_question(family, level, seed);
        SCOPED_TRACE(question.id + ": " + presented_text(question));
        check(question);
        if (testing::Test::HasFailure()) return;
      }
    }
  }
}

TEST(Families, AreAtLeastTwelve) { EXPECT_GE(families().size(), 12U); }

TEST(Families, ChoicesDifferAndOneIsTheAnswer) {
  for_many([](const Question& question) {
    if (question.choices.empty()) return;
    ASSERT_EQ(question.answer.size(), 1U);
    EXPECT_LT(static_cast<std::size_t>(question.answer[0] - 'A'), question.choices.size());
    EXPECT_EQ(std::set<std::string>(question.choices.begin(), question.choices.end()).size(),
              question.choices.size());
    EXPECT_GE(question.choices.size(), 2U);
  });
}

TEST(Families, AreGradedWithoutAJudge) {
  for_many([](const Question& question) {
    const auto grader = interview::grader_of(question);
    ASSERT_TRUE(grader) << grader.error().message;
    EXPECT_EQ(interview::grade(*grader, question, "The answer is " + question.answer).score, 1.0F);
  });
}

// Deletions may follow each other, and what moves three characters follows them.
TEST(Families, StringsKeepThreeLettersHoweverManyAreDeleted) {
  const auto strings = families_of("strings");
  ASSERT_TRUE(strings);
  for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
    const Question question = make_question(*strings->at(0), kLevels, seed);
    for (const std::string& choice : question.choices) {
      ASSERT_GE(choice.size(), 3U) << question.question;
      for (const char c : choice) ASSERT_TRUE(c >= 'a' && c <= 'z') << question.question;
    }
  }
}

TEST(Families, RightAnswersStandInEveryPlace) {
  std::map<std::string, std::set<std::string>> letters;
  for_many([&](const Question& question) {
    if (!question.choices.empty()) letters[question.category].insert(question.answer);
  });
  for (const auto& [family, seen] : letters) {
    EXPECT_GE(seen.size(), family == "logic" ? 2U : 3U) << family;
  }
}

TEST(MakeQuestion, SaysTheSameForTheSameSeedAndSeldomForAnother) {
  for (const Family& family : families()) {
    for (int level = 1; level <= kLevels; ++level) {
      std::set<std::string> texts;
      for (std::uint64_t seed = 0; seed < 100; ++seed) {
        const Question question = make_question(family, level, seed);
        EXPECT_EQ(presented_text(question), presented_text(make_question(family, level, seed)));
        texts.insert(question.question);
      }
      // The smallest of them, two dice, has nine questions.
      EXPECT_GE(texts.size(), family.name == "probability" ? 9U : 45U) << family.name << level;
    }
  }
}

TEST(FamiliesOf, FindsSubjectsAndNames) {
  EXPECT_EQ(families_of("")->size(), families().size());
  EXPECT_EQ(families_of("programming")->size(), 2U);
  EXPECT_EQ(families_of("dates")->at(0)->name, "dates");
  const auto unknown = families_of("law");
  ASSERT_FALSE(unknown);
  EXPECT_THAT(unknown.error().message, testing::HasSubstr("programming/code"));
}

TEST(Families, AreFoundAsTheirListNamesThem) {
  const auto list = families_of("alchemy");
  ASSERT_FALSE(list);
  EXPECT_NE(list.error().message.find("mathematics/algebra"), std::string::npos);
  for (const std::string_view focus : {"mathematics/algebra", "algebra"}) {
    const auto one = families_of(focus);
    ASSERT_TRUE(one) << focus;
    ASSERT_EQ(one->size(), 1U);
    EXPECT_EQ(one->front()->name, "algebra");
  }
  EXPECT_FALSE(families_of("quantities/algebra"));
}

}  // namespace
}  // namespace ooe::selfplay
