// What rounds of self-play start from.
#include "cli/selfplay_start.h"

#include <filesystem>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dataset/question_file.h"
#include "tests/cli/run_ooe.h"

namespace ooe::cli {
namespace {

using ::testing::HasSubstr;

std::vector<Question> questions_of(const std::string& name, int count) {
  std::vector<Question> questions;
  for (int i = 0; i < count; ++i) {
    Question question;
    question.id = fmt::format("{}-{}", name, i);
    question.question = fmt::format("What does the {} number {} say?", name, i);
    question.answer = "1";
    questions.push_back(std::move(question));
  }
  return questions;
}

class StartOfSelfplay : public InEmptyFolder {};

// No one is asked, and nothing is there for them to answer at.
TEST_F(StartOfSelfplay, AModelOfOtherExpertsIsRefused) {
  std::vector<Question> questions = questions_of("user", 40);
  write("q.jsonl", dataset::questions_jsonl(questions));
  std::string outcomes = "id\told\tolder\n";
  for (int i = 0; i < 40; ++i) outcomes += fmt::format("user-{}\t{}\t{}\n", i, i % 2, i % 3 % 2);
  write("o.tsv", outcomes);
  ASSERT_EQ(
      run_ooe({"train", "--questions", "q.jsonl", "--outcomes", "o.tsv", "--no-baselines"}).code,
      0);
  write("ooe.toml", R"([privacy]
default = "public"

[[expert]]
name = "a"
base_url = "http://127.0.0.1:9/v1"
price = { input = 1, output = 1 }

[[expert]]
name = "b"
base_url = "http://127.0.0.1:9/v1"
price = { input = 1, output = 1 }
)");
  const Ended ended = run_ooe({"selfplay", "--budget-usd", "1"});
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.said, HasSubstr("model.ooe: the predictor knows none of these experts (it "
                                    "knows 'old' and 1 more)"));
  EXPECT_FALSE(std::filesystem::exists("ooe.db.selfplay.json"));
}

}  // namespace
}  // namespace ooe::cli
