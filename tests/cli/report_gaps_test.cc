// `ooe report --gap-questions`.
#include <algorithm>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/store.h"
#include "tests/cli/run_ooe.h"

namespace ooe::cli {
namespace {

using ::testing::HasSubstr;

class ReportGaps : public InEmptyFolder {
 protected:
  // Nobody knows the law, as an interview would have found.
  static void ask(const std::string& id, int i) {
    const Question question{.id = id,
                            .benchmark = "b",
                            .split = {},
                            .subject = i % 2 == 0 ? "law\tof\nthe sea" : "sums",
                            .category = {},
                            .question = fmt::format("What is {}?", i),
                            .choices = {},
                            .answer = "1"};
    const auto store = store::open_store("ooe.db");
    ASSERT_TRUE((*store)->put_questions(std::span(&question, 1)).has_value());
    for (const char* expert : {"a", "b"}) {
      store::Answer answer;
      answer.key = {expert, "prompt of " + id, "parameters", 0};
      answer.question_id = id;
      const store::Grade grade{answer.key, "text", 1, static_cast<float>(i % 2)};
      ASSERT_TRUE((*store)->put_answers(std::span(&answer, 1), std::span(&grade, 1)).has_value());
    }
  }

  ReportGaps() {
    for (int i = 0; i < 60; ++i) ask(fmt::format("q{}", i), i);
  }

  static Ended report() {
    return run_ooe({"report", "--folds", "2", "--gap-questions", "gaps.tsv"});
  }
};

TEST_F(ReportGaps, AreATableWhateverASubjectHolds) {
  const Ended ended = report();
  ASSERT_EQ(ended.code, 0) << ended.said;
  const std::string gaps = read_file("gaps.tsv").value_or("");
  EXPECT_THAT(gaps, HasSubstr("\tlaw of the sea\t0\n"));
  std::stringstream lines(gaps);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_EQ(std::ranges::count(line, '\t'), 2) << line;
  }
}

TEST_F(ReportGaps, RefuseAnIdThatIsNoCell) {
  ask("q\t7", 7'000);
  const Ended ended = report();
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.said, HasSubstr("--gap-questions: the question id"));
}

}  // namespace
}  // namespace ooe::cli
