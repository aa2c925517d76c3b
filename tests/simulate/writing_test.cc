#include "simulate/writing.h"

#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace ooe::simulate {
namespace {

constexpr const char* kChoicePrompt =
    "Write 3 different questions about law.\nEach is an object with the keys \"question\", "
    "\"choices\" and \"answer\".";
constexpr const char* kNumberPrompt =
    "Write 3 different questions about law.\nEach is an object with the keys \"question\" and "
    "\"answer\": a number.";

std::vector<Question> list() {
  std::vector<Question> questions;
  for (int i = 0; i < 10; ++i) {
    Question question{.id = std::to_string(i),
                      .benchmark = {},
                      .split = {},
                      .subject = i < 8 ? "law" : "optics",
                      .category = {},
                      .question = "Question number " + std::to_string(i) + "?",
                      .choices = {},
                      .answer = "5"};
    if (i % 2 == 0) {
      question.choices = {"a", "b", "c", "d"};
      question.answer = "B";
    }
    questions.push_back(std::move(question));
  }
  return questions;
}

nlohmann::json written(double competence, const char* prompt, std::uint64_t seed = 1) {
  SimulatedExpert expert;
  expert.name = "writer";
  expert.competence.otherwise = competence;
  const auto text = written_text(seed, expert, list(), prompt);
  EXPECT_TRUE(text.has_value());
  const std::size_t first = text->find('[');
  return nlohmann::json::parse(text->substr(first, text->rfind(']') - first + 1));
}

TEST(WrittenText, IsWhatWasAskedFor) {
  const auto choices = written(1.0, kChoicePrompt);
  ASSERT_EQ(choices.size(), 3U);
  for (const auto& item : choices) {
    EXPECT_EQ(item.size(), 3U);
    EXPECT_EQ(item["choices"].size(), 4U);
    EXPECT_EQ(item["answer"], "B");
  }
  const auto numbers = written(0.0, kNumberPrompt);
  ASSERT_EQ(numbers.size(), 3U);
  for (const auto& item : numbers) {
    EXPECT_EQ(item.size(), 2U);
    EXPECT_EQ(item["answer"], "51");  // it is always wrong
  }
  EXPECT_TRUE(written(1.0, "Write 3 questions about poetry: \"question\", \"answer\"").empty());
}

TEST(WrittenText, IsTheSameForTheSameSeedAndPrompt) {
  EXPECT_EQ(written(0.5, kChoicePrompt), written(0.5, kChoicePrompt));
  std::set<std::string> different;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    different.insert(written(0.5, kChoicePrompt, seed).dump());
  }
  EXPECT_GT(different.size(), 2U);
}

TEST(WrittenText, IsNothingForOtherPrompts) {
  SimulatedExpert expert;
  for (const char* prompt :
       {"", "Write 3 haiku.", "What is \"question\" and \"answer\"?",
        "Write 3x \"question\" and \"answer\"", "Write a \"question\" and an \"answer\""}) {
    EXPECT_FALSE(written_text(1, expert, list(), prompt).has_value()) << prompt;
  }
}

}  // namespace
}  // namespace ooe::simulate
