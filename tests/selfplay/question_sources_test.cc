// What self-play takes for users' questions.
#include "selfplay/question_sources.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "dataset/question_file.h"

namespace ooe::selfplay {
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

class Targets : public ::testing::Test {
 protected:
  ~Targets() override { std::filesystem::remove(traffic_); }

  [[nodiscard]] Result<std::vector<Question>> targets(std::span<const Question> on_record) const {
    return targets_of(sources_, *families_of(""), on_record, HeldOut(exam_));
  }

  void users_ask(std::span<const Question> questions) {
    ASSERT_TRUE(dataset::write_questions(traffic_, questions).has_value());
    sources_.traffic = traffic_;
  }

  std::string traffic_ = fmt::format("{}/targets_test_{}.jsonl", ::testing::TempDir(), ::getpid());
  QuestionSources sources_;
  std::vector<Question> exam_ = questions_of("exam", 20);
};

// The first run asks the exam, so the next one finds it on record.
TEST_F(Targets, AreTheSameOnceTheExamIsOnRecord) {
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

TEST_F(Targets, OfAFileAreWhatTheExamDoesNotHold) {
  std::vector<Question> traffic = questions_of("user", 5);
  traffic.push_back(exam_[2]);
  users_ask(traffic);
  const auto made = targets({});
  ASSERT_TRUE(made.has_value()) << made.error().message;
  EXPECT_EQ(made->size(), 5U);
  EXPECT_THAT(ids_of(*made), ::testing::Not(::testing::Contains("exam-2")));
  users_ask(std::span(exam_).first(2));
  EXPECT_THAT(targets({}).error().message,
              HasSubstr(traffic_ + ": every question in it is the exam's"));
}

}  // namespace
}  // namespace ooe::selfplay
