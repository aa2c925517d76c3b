// What `ooe dedicated export` writes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/run_ooe.h"

namespace ooe::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class DedicatedExport : public InEmptyFolder {
 protected:
  // Both are always right; only the price of what they say tells them apart.
  DedicatedExport() {
    std::string questions;
    std::string outcomes = "id\tdear answers\tdear questions\n";
    for (int i = 0; i < 30; ++i) {
      questions += fmt::format("{{\"id\": \"q{0}\", \"question\": \"What is {0}?\"}}\n", i);
      outcomes += fmt::format("q{}\t1\t1\n", i);
    }
    write("q.jsonl", questions);
    write("o.tsv", outcomes);
  }

  static Ended export_orchestrator(const Words& more = {}) {
    Words words{"dedicated",
                "export",
                "--orchestrator",
                "--questions",
                "q.jsonl",
                "--outcomes",
                "o.tsv",
                "--price",
                "dear answers=0.1/60",
                "--price",
                "dear questions=5/1",
                "--out",
                "set"};
    words.insert(words.end(), more.begin(), more.end());
    return run_ooe(words);
  }
};

TEST_F(DedicatedExport, TheCheapestIsWhoWouldCostLeastWithItsAnswer) {
  const Ended ended = export_orchestrator();
  ASSERT_EQ(ended.code, 0) << ended.said;
  const std::string lines = read_file("set/train.jsonl").value_or("");
  EXPECT_THAT(lines, HasSubstr(R"("role":"assistant","content":"B")"));
  EXPECT_THAT(lines, Not(HasSubstr(R"("role":"assistant","content":"A")")));
  EXPECT_THAT(read_file("set/README.md").value_or(""),
              HasSubstr("The lengths of 60 answers were not recorded"));
}

TEST_F(DedicatedExport, WritesItsCardOverNoOtherReadme) {
  std::filesystem::create_directories("set");
  write("set/README.md", "# My project");
  const Ended refused = export_orchestrator();
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.said, HasSubstr("set/README.md' was not written by `ooe dedicated export`"));
  EXPECT_EQ(read_file("set/README.md").value_or(""), "# My project");
  EXPECT_FALSE(std::filesystem::exists("set/train.jsonl"));
  std::filesystem::remove("set/README.md");
  EXPECT_EQ(export_orchestrator().code, 0);
  EXPECT_EQ(export_orchestrator().code, 0) << "its own card may be replaced";
}

TEST_F(DedicatedExport, RecordedTokensAreNotAssumed) {
  std::string usage = "id\tmodel\tcost_usd\tlatency_ms\tinput_tokens\toutput_tokens\n";
  for (int i = 0; i < 30; ++i) {
    usage += fmt::format("q{0}\tdear answers\t\t\t20\t1\nq{0}\tdear questions\t\t\t20\t1\n", i);
  }
  write("u.tsv", usage);
  const Ended ended = export_orchestrator({"--usage", "u.tsv"});
  ASSERT_EQ(ended.code, 0) << ended.said;
  EXPECT_THAT(read_file("set/train.jsonl").value_or(""),
              HasSubstr(R"("role":"assistant","content":"A")"));
  EXPECT_THAT(read_file("set/README.md").value_or(""), Not(HasSubstr("were not recorded")));
}

}  // namespace
}  // namespace ooe::cli
