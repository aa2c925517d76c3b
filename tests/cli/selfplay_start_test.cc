// What self-play takes for users' questions.
#include "cli/selfplay_start.h"

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

std::vector<std::string> ids_of(std::span<const Question> questions) {
  std::vector<std::string> ids;
  for (const Question& question : questions) ids.push_back(question.id);
  return ids;
}

class SelfplayTargets : public InEmptyFolder {
 protected:
  [[nodiscard]] Result<std::vector<Question>> targets(std::span<const Question> on_record) const {
    return targets_of(options_, *selfplay::families_of(""), on_record, selfplay::HeldOut(exam_));
  }

  SelfplayOptions options_;
  std::vector<Question> exam_ = questions_of("exam", 20);
};

// The first run asks the exam, so the next one finds it on record.
TEST_F(SelfplayTargets, AreTheSameOnceTheExamIsOnRecord) {
  std::vector<Question> on_record = questions_of("user", 30);
  const auto first = targets(on_record);
  ASSERT_TRUE(first.has_value()) << first.error().message;
  EXPECT_THAT(ids_of(*first), ::testing::Contains("user-7"));
  std::ranges::copy(exam_, std::back_inserter(on_record));
  Question renamed = exam_[3];
  renamed.id = "again";
  on_record.push_back(renamed);
  const auto next = targets(on_record);
  ASSERT_TRUE(next.has_value()) << next.error().message;
  EXPECT_EQ(ids_of(*next), ids_of(*first));
}

TEST_F(SelfplayTargets, OfAFileAreWhatTheExamDoesNotHold) {
  std::vector<Question> traffic = questions_of("user", 5);
  traffic.push_back(exam_[2]);
  write("traffic.jsonl", dataset::questions_jsonl(traffic));
  options_.traffic = "traffic.jsonl";
  const auto made = targets({});
  ASSERT_TRUE(made.has_value()) << made.error().message;
  EXPECT_EQ(made->size(), 5U);
  EXPECT_THAT(ids_of(*made), ::testing::Not(::testing::Contains("exam-2")));
  write("traffic.jsonl", dataset::questions_jsonl(std::span(exam_).first(2)));
  EXPECT_THAT(targets({}).error().message, HasSubstr("traffic.jsonl: every question in it is the"));
}

// No one is asked, and nothing is there for them to answer at.
TEST_F(SelfplayTargets, AModelOfOtherExpertsIsRefused) {
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
