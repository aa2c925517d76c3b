// `ooe import` of our own files and others'.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/run_ooe.h"

namespace ooe::cli {
namespace {

using ::testing::HasSubstr;

class Import : public InEmptyFolder {
 protected:
  // What `ooe export` writes of the database.
  static std::string exported(const std::string& name) {
    EXPECT_EQ(run_ooe({"export", "--db", "i.db", "--out", "out"}).code, 0);
    return read_file("out/" + name).value_or("");
  }
};

TEST_F(Import, ReadsWhatTrainingReads) {
  write("q.jsonl",
        "\xEF\xBB\xBF"
        "{\"id\": \"q1\", \"question\": \"One?\"}\n{\"id\": \"q2\", \"question\": \"Two?\"}\n");
  write("o.tsv", "id\tsubject\tcategory\ta\tb\nq1\tlaw\tarts\t1\t0\nq2\tlaw\tarts\t0\t\n");
  write("u.tsv",
        "id\tmodel\tcost_usd\tinput_tokens\toutput_tokens\n"
        "q1\ta\t0.5\t10\t20\nq1\ta\t1.5\t10\t40\n");
  const Ended ended =
      run_ooe({"import", "--db", "i.db", "--format", "ooe", "q.jsonl", "o.tsv", "u.tsv"});
  ASSERT_EQ(ended.code, 0) << ended.said;
  const std::string questions = exported("questions.jsonl");
  EXPECT_THAT(questions, HasSubstr(R"("subject":"law","category":"arts")"));
  const std::string usage = exported("usage.tsv");
  EXPECT_THAT(usage, HasSubstr("q1\ta\t1\t\t10\t30\n")) << "the mean of two rows";
  EXPECT_THAT(usage, HasSubstr("q1\tb\t\t\t\t\n")) << "unknown";
}

TEST_F(Import, TokensThatNobodyRecordedStayUnknown) {
  write("q.jsonl", R"({"id": "q1", "question": "One?"})"
                   "\n");
  write("o.tsv", "id\ta\tb\nq1\t1\t0\n");
  write("u.tsv", "id\tmodel\tinput_tokens\toutput_tokens\nq1\ta\t\t20\nq1\tb\t10\t\n");
  const Ended ended =
      run_ooe({"import", "--db", "i.db", "--format", "ooe", "q.jsonl", "o.tsv", "u.tsv"});
  ASSERT_EQ(ended.code, 0) << ended.said;
  const std::string usage = exported("usage.tsv");
  EXPECT_THAT(usage, HasSubstr("q1\ta\t\t\t\t20\n"));
  EXPECT_THAT(usage, HasSubstr("q1\tb\t\t\t10\t\n"));
}

TEST_F(Import, AnExpertMayBeCalledLikeAColumnOfUsage) {
  write("q.jsonl", R"({"id": "q1", "question": "One?"})"
                   "\n");
  for (const std::string expert : {"model", "model-7b"}) {
    write("o.tsv", "id\t" + expert + "\tb\nq1\t1\t0\n");
    const Ended ended = run_ooe({"import", "--db", "i.db", "--format", "ooe", "q.jsonl", "o.tsv"});
    ASSERT_EQ(ended.code, 0) << ended.said;
    EXPECT_THAT(exported("outcomes.tsv"), HasSubstr("\t" + expert));
  }
}

TEST_F(Import, AQuestionOfTwoFilesCountsOnceAndTwoOfOneIdAreAnError) {
  const std::string one = "{\"id\": \"q1\", \"question\": \"One?\"}\n";
  write("a.jsonl", one + "{\"id\": \"q2\", \"question\": \"Two?\"}\n");
  write("b.jsonl", one);
  write("c.jsonl", "{\"id\": \"q1\", \"question\": \"Another?\"}\n");
  write("o.tsv", "id\ta\nq1\t1\nq2\t0\n");
  const Words words{"import", "--db", "i.db", "--format", "ooe", "o.tsv"};
  const auto with = [&](const Words& files) {
    Words all = words;
    all.insert(all.end(), files.begin(), files.end());
    return run_ooe(all);
  };
  const Ended differ = with({"a.jsonl", "c.jsonl"});
  EXPECT_EQ(differ.code, 1);
  EXPECT_THAT(differ.said, HasSubstr("a.jsonl and c.jsonl: two questions 'q1'"));
  const Ended same = with({"a.jsonl", "b.jsonl"});
  ASSERT_EQ(same.code, 0) << same.said;
  EXPECT_THAT(same.printed, HasSubstr(": 2 questions"));
  EXPECT_THAT(same.printed, ::testing::Not(HasSubstr("skipped")));
}

TEST_F(Import, TwoExpertsLogsOfOneTaskHaveTheSameQuestions) {
  const std::string line = R"({"doc_id":0,"doc":{"question":"Q?"},"acc":)";
  std::filesystem::create_directories("m1");
  std::filesystem::create_directories("m2");
  write("m1/samples_arc_2024-05-01T10-00-00.123456.jsonl", line + "1}\n");
  write("m2/samples_arc_2024-05-02T11-00-00.654321.jsonl", line + "0}\n");
  const Ended ended = run_ooe({"import", "--db", "i.db", "--format", "lm-eval",
                               "m1/samples_arc_2024-05-01T10-00-00.123456.jsonl",
                               "m2/samples_arc_2024-05-02T11-00-00.654321.jsonl"});
  ASSERT_EQ(ended.code, 0) << ended.said;
  EXPECT_THAT(exported("outcomes.tsv"), HasSubstr("arc-0\t1\t0\n"));
}

TEST_F(Import, RefusesAnExpertsNameThatNoFileCouldHold) {
  write("x.jsonl", R"({"doc_id":0,"doc":{"question":"Q?"},"acc":1})"
                   "\n");
  std::filesystem::create_directories("a,b");
  std::filesystem::copy_file("x.jsonl", "a,b/x.jsonl");
  const auto import_logs = [](const Words& more) {
    Words words{"import", "--db", "i.db", "--format", "lm-eval"};
    words.insert(words.end(), more.begin(), more.end());
    return run_ooe(words);
  };
  Ended ended = import_logs({"--expert", "a\tb", "x.jsonl"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.said, HasSubstr("control character"));
  ended = import_logs({"a,b/x.jsonl"});
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.said, HasSubstr("no comma"));
  EXPECT_FALSE(std::filesystem::exists("i.db"));
}

}  // namespace
}  // namespace ooe::cli
