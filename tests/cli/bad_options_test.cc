// Options that cannot be right are refused before anything is learned from the data: here nothing
// can be, from one question, so that the first error shows.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/run_ooe.h"

namespace ooe::cli {
namespace {

using ::testing::HasSubstr;

class BadOptions : public InEmptyFolder {
 protected:
  BadOptions() {
    write("q.jsonl", "{\"id\": \"q1\", \"question\": \"One?\"}\n");
    write("o.tsv", "id\ta\tb\nq1\t1\t0\n");
    write("afile", "");
    std::filesystem::create_directories("adir");
  }

  static void expect(int code, const std::string& message, const Words& command) {
    SCOPED_TRACE(message);
    Words words{command.front(), "--questions", "q.jsonl", "--outcomes", "o.tsv"};
    words.insert(words.end(), command.begin() + 1, command.end());
    const Ended ended = run_ooe(words);
    EXPECT_EQ(ended.code, code);
    EXPECT_THAT(ended.said, HasSubstr(message));
  }
};

TEST_F(BadOptions, OfEvaluate) {
  expect(1, "--strong: no expert is named 'nobody'", {"evaluate", "--strong", "nobody"});
  expect(1, "nofile", {"evaluate", "--eval-ids", "nofile"});
  expect(1, "there is no folder 'nowhere'", {"evaluate", "--json=nowhere/x"});
  expect(1, "it is a folder", {"evaluate", "--json=adir"});
  expect(1, "is no folder", {"evaluate", "--html", "afile"});
  expect(2, "--html", {"evaluate", "--html", ""});
}

TEST_F(BadOptions, OfSelect) {
  expect(1, "'nobody'", {"select", "--include", "nobody"});
  expect(1, "'nobody'", {"select", "--exclude", "nobody"});
  expect(1, "'nobody'", {"select", "--zone", "nobody=eu"});
  expect(1, "zone 'moon'", {"select", "--zone-limit", "moon=1"});
  expect(1, "--usd-per-1k: nothing says what 'a' costs", {"select", "--usd-per-1k", "1"});
  expect(1, "nothing says what 'b' costs", {"select", "--lambda", "1", "--price", "a=1/1"});
  expect(1, "there is no folder 'nowhere'", {"select", "--json=nowhere/x"});
}

TEST_F(BadOptions, OfReport) {
  expect(1, "--pool: no expert is named 'zz'", {"report", "--pool", "a,zz"});
  expect(1, "--strong: 'b' is not in --pool", {"report", "--pool", "a", "--strong", "b"});
  expect(1, "is no folder", {"report", "--html", "afile"});
  expect(1, "is no folder", {"report", "--html", "afile/report"});
  expect(1, "there is no folder 'nodir'", {"report", "--csv", "nodir/x"});
  expect(2, "--size", {"report", "--size", "0"});
  expect(2, "--html", {"report", "--html", ""});
}

TEST_F(BadOptions, OfTrainAndDedicated) {
  expect(1, "it is a folder", {"train", "--out", "adir"});
  expect(1, "there is no folder 'nowhere'", {"train", "--json=nowhere/x"});
  const Ended ended =
      run_ooe({"dedicated", "fit", "--questions", "q.jsonl", "--outcomes", "o.tsv", "--own", "a",
               "--generic", "b", "--ownership", "0.5", "--out", "nodir/x"});
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.said, HasSubstr("there is no folder 'nodir'"));
}

TEST_F(BadOptions, OfThreads) {
  for (const Words& command :
       {Words{"train"}, Words{"selfplay", "--budget-usd", "1"}, Words{"dedicated", "fit"}}) {
    Words words = command;
    words.insert(words.end(), {"--threads", "1025"});
    const Ended ended = run_ooe(words);
    EXPECT_EQ(ended.code, 2) << command.front();
    EXPECT_THAT(ended.said, HasSubstr("--threads")) << command.front();
  }
}

// What a command cannot do without is told before it is asked for.
TEST_F(BadOptions, SelfplaySaysThatItNeedsABudget) {
  EXPECT_EQ(run_ooe({"selfplay"}).code, 2);
  const std::string help = run_ooe({"selfplay", "--help"}).printed;
  const std::size_t option = help.find("--budget-usd USD");
  ASSERT_NE(option, std::string::npos) << help;
  EXPECT_THAT(help.substr(option, help.find("--focus") - option), HasSubstr("required"));
}

TEST_F(BadOptions, PredictionsAreNotWrittenOverWhatTheyAreMadeOf) {
  write("model.ooe", "a model");
  for (const char* out : {"q.jsonl", "./model.ooe"}) {
    const Ended ended = run_ooe({"predict", "--questions", "q.jsonl", "--out", out});
    EXPECT_EQ(ended.code, 1);
    EXPECT_THAT(ended.said, HasSubstr("would be written over"));
  }
}

TEST_F(BadOptions, NoResultIsWrittenOverWhatItIsMadeOf) {
  const auto with = [](Words words, const Words& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  for (const char* input : {"q.jsonl", "o.tsv", "u.tsv", "p.tsv", "ooe.toml", "ooe.db", "m.ooe",
                            "names", "index.html"}) {
    write(input, "an input");
  }
  const Words files{"--questions", "q.jsonl",  "--outcomes", "o.tsv",     "--usage",
                    "u.tsv",       "--prices", "p.tsv",      "--experts", "@names"};
  const Words pair = with({"--own", "a", "--generic", "b"}, files);
  const std::vector<Words> cases{
      with({"select", "--out", "q.jsonl"}, files),
      with({"select", "--json=o.tsv"}, files),
      {"select", "--db", "ooe.db", "--out", "./ooe.db"},
      with({"report", "--csv", "u.tsv"}, files),
      with({"report", "--gap-questions", "p.tsv"}, files),
      with({"report", "--model", "m.ooe", "--json=m.ooe"}, files),
      {"report", "--questions", "index.html", "--outcomes", "o.tsv", "--html", "."},
      with({"train", "--out", "ooe.toml"}, files),
      with({"train", "--prior-model", "m.ooe", "--out", "m.ooe"}, files),
      with({"train", "--out", "names"}, files),
      with({"evaluate", "--eval-ids", "names", "--json=names"}, files),
      with({"adapt", "--model", "m.ooe", "--out", "o.tsv"}, files),
      with({"adapt", "--model", "m.ooe", "--out", "new.ooe", "--json=m.ooe"}, files),
      with({"dedicated", "fit", "--ownership", "0.5", "--out", "q.jsonl"}, pair),
      with({"dedicated", "evaluate", "--json=q.jsonl"}, pair),
      {"selfplay", "--exam", "q.jsonl", "--generate-only", "q.jsonl"},
      {"import", "--format", "ooe", "q.jsonl", "o.tsv", "--json=o.tsv"},
      {"interview", "--benchmark", "q.jsonl", "--json=q.jsonl"},
      {"promote", "m.ooe", "--json=m.ooe"},
  };
  for (const Words& words : cases) {
    const Ended ended = run_ooe(words);
    EXPECT_EQ(ended.code, 1) << ::testing::PrintToString(words);
    EXPECT_THAT(ended.said, HasSubstr("would be written over")) << ::testing::PrintToString(words);
  }
  EXPECT_EQ(read_file("q.jsonl").value_or(""), "an input");
}

TEST_F(BadOptions, BeforeACommandAreNamed) {
  const Ended ended = run_ooe({"--bogus"});
  EXPECT_EQ(ended.code, 2);
  EXPECT_THAT(ended.said, HasSubstr("'--bogus'"));
  EXPECT_EQ(run_ooe({"--help"}).code, 0);
  EXPECT_EQ(run_ooe({"-h"}).code, 0);
  EXPECT_EQ(run_ooe({"--version"}).code, 0);
}

}  // namespace
}  // namespace ooe::cli
