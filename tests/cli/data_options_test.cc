// What commands take from a workspace's database.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dataset/question_file.h"
#include "selfplay/journal_file.h"
#include "store/store.h"
#include "tests/cli/run_ooe.h"

namespace ooe::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class DataOfADatabase : public InEmptyFolder {
 protected:
  DataOfADatabase() {
    std::string outcomes = "id\ta\tb\n";
    for (int i = 0; i < 60; ++i) {
      Question question;
      question.id = fmt::format("q{}", i);
      question.benchmark = "b";
      question.question = fmt::format("What does the page number {} say?", i);
      question.answer = "1";
      questions_.push_back(question);
      outcomes += fmt::format("q{}\t{}\t{}\n", i, i % 2, i % 3 == 0 ? 0 : 1);
    }
    write("q.jsonl", dataset::questions_jsonl(questions_));
    write("o.tsv", outcomes);
    EXPECT_EQ(run_ooe({"import", "--db", "i.db", "--format", "ooe", "q.jsonl", "o.tsv"}).code, 0);
  }

  std::vector<Question> questions_;
};

TEST_F(DataOfADatabase, APriceOfNobodyIsAnErrorAsWithFiles) {
  for (const Words& data :
       {Words{"--db", "i.db"}, Words{"--questions", "q.jsonl", "--outcomes", "o.tsv"}}) {
    Words words{"select", "--size", "1", "--price", "a=1/1", "--price", "bb=1/1"};
    words.insert(words.end(), data.begin(), data.end());
    const Ended ended = run_ooe(words);
    EXPECT_EQ(ended.code, 1);
    EXPECT_THAT(ended.said, HasSubstr("price 'bb=1/1': the outcomes know no such expert"));
  }
}

TEST_F(DataOfADatabase, UsageInAFileIsOfQuestionsInAFile) {
  write("u.tsv", "id\texpert\tinput_tokens\toutput_tokens\n");
  const Ended ended = run_ooe({"select", "--db", "i.db", "--usage", "u.tsv"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.said, HasSubstr("--usage requires --questions"));
}

TEST_F(DataOfADatabase, AFineTuningSetHasNoQuestionOfTheExam) {
  Question renamed = questions_[9];  // the same words under another id
  renamed.id = "another";
  ASSERT_TRUE(selfplay::save_journal(selfplay::journal_path("i.db"),
                                     {.experts = {"a", "b"}, .exam = {questions_[7], renamed}})
                  .has_value());
  const Ended ended =
      run_ooe({"dedicated", "export", "--orchestrator", "--db", "i.db", "--out", "tuning"});
  ASSERT_EQ(ended.code, 0) << ended.said;
  EXPECT_THAT(ended.said, HasSubstr("left out: 2 exam questions of self-play"));
  const std::string lines = read_file("tuning/train.jsonl").value_or("") +
                            read_file("tuning/validation.jsonl").value_or("");
  EXPECT_THAT(lines, HasSubstr("page number 8 say"));
  EXPECT_THAT(lines, Not(HasSubstr("page number 7 say")));
  EXPECT_THAT(lines, Not(HasSubstr("page number 9 say")));
}

TEST_F(DataOfADatabase, ThatNobodyWasInterviewedIntoIsSaid) {
  ASSERT_TRUE(store::open_store("sqlite:new.db").has_value());
  write("empty.db", "");
  const std::vector<Words> commands{
      {"train"},
      {"evaluate"},
      {"select"},
      {"report"},
      {"export", "--out", "out"},
      {"dedicated", "fit", "--own", "a", "--generic", "b", "--ownership", "0.5"}};
  for (Words words : commands) {
    SCOPED_TRACE(words.front());
    words.insert(words.end(), {"--db", "new.db"});
    Ended ended = run_ooe(words);
    EXPECT_EQ(ended.code, 1);
    EXPECT_THAT(ended.said, HasSubstr("nothing has been interviewed into new.db: run"));
    words.back() = "empty.db";
    ended = run_ooe(words);
    EXPECT_EQ(ended.code, 1);
    EXPECT_THAT(ended.said, HasSubstr("no database yet; run `ooe interview`"));
    EXPECT_EQ(std::filesystem::file_size("empty.db"), 0U);
  }
}

TEST_F(DataOfADatabase, UsageOfWhoWasNotChosenIsNotMissed) {
  write("u.tsv", "id\tmodel\tcost_usd\nq1\ta\t0.5\nq1\tb\t0.5\nq1\tnobody\t0.5\n");
  const Ended ended = run_ooe({"select", "--questions", "q.jsonl", "--outcomes", "o.tsv", "--usage",
                               "u.tsv", "--experts", "a"});
  EXPECT_THAT(ended.said, HasSubstr("skipped: 1 rows of usage"));
}

}  // namespace
}  // namespace ooe::cli
