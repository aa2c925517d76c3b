// One rule for every command: 2 when the command line alone is wrong, 1 when the work failed, else
// 0. Nothing here has a file to read, so whoever gets 2 was refused before any was looked for.
#include <cstdio>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "cli/note.h"
#include "tests/cli/run_ooe.h"

namespace ooe::cli {
namespace {

using ::testing::HasSubstr;

// As the program itself lists them, with the commands of commands.
std::vector<Words> all_commands() {
  const std::string said = run_ooe({"nonsense"}).said;
  std::stringstream list(said.substr(said.find("there are: ") + 11));
  std::vector<Words> commands;
  for (std::string name; list >> name;) {
    if (name.ends_with(',')) name.pop_back();
    if (name == "keys") {
      commands.insert(commands.end(), {{name, "add"}, {name, "list"}, {name, "revoke"}});
    } else if (name == "dedicated") {
      commands.insert(commands.end(), {{name, "fit"}, {name, "evaluate"}, {name, "export"}});
    } else {
      commands.push_back({name});
    }
  }
  return commands;
}

using ExitCode = InEmptyFolder;

TEST_F(ExitCode, OfEveryCommandIsTwoForAnUnknownOptionAndZeroForHelp) {
  const auto commands = all_commands();
  ASSERT_GE(commands.size(), 19U);
  for (Words command : commands) {
    SCOPED_TRACE(command.back());
    command.emplace_back("--help");
    EXPECT_EQ(run_ooe(command).code, 0);
    command.back() = "--nonsense";
    EXPECT_EQ(run_ooe(command).code, 2);
  }
}

// Examples are lines to copy, and stay whole; names of options with what they take are not split.
TEST_F(ExitCode, OfHelpComesWithTextsOfEightyColumns) {
  for (Words command : all_commands()) {
    SCOPED_TRACE(command.back());
    command.emplace_back("--help");
    std::stringstream help(run_ooe(command).printed);
    for (std::string line; std::getline(help, line) && !line.starts_with("Example");) {
      if (line.starts_with("  -")) continue;
      EXPECT_LE(line.size(), 80U) << line;
    }
  }
}

TEST_F(ExitCode, IsTwoWhenTheCommandLineAloneIsWrong) {
  const Words interview{"interview", "--benchmark", "q.jsonl"};
  const Words pair{"--own", "a", "--generic", "a"};
  const auto with = [](Words words, const Words& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  const std::pair<Words, std::string> kCases[] = {
      {{"train", "--price", "a=1"}, "NAME=INPUT/OUTPUT"},
      {{"train", "--experts", "a,a"}, "named twice"},
      {{"evaluate", "--experts", " , "}, "nobody"},
      {{"select", "--zone", "a"}, "NAME=VALUE"},
      {{"select", "--zone-limit", "eu=-1"}, "no whole number"},
      {{"select", "--fixed-cost", "a=nan"}, "what 'a' costs: 'nan' is not an amount"},
      {{"select", "--fixed-usd-per-month", "-1"}, "not an amount"},
      {{"select", "--lambda", "nan"}, "not a number"},
      {{"select", "--usd-per-1k", "nan"}, "not a number"},
      {{"select", "--include", "a", "--exclude", "a"}, "'a'"},
      {{"select", "--size", "1", "--include", "a", "b"}, "no room"},
      {{"replay", "--receipts", "2026-11-01", "--policy", "new.toml"}, "FROM..TO"},
      {{"replay", "--receipts", "2026-11-02..2026-11-01", "--policy", "new.toml"}, "before it"},
      {{"keys", "add", "a b"}, "cannot name a key"},
      {{"keys", "add", "a", "--usd-per-day", "1e3"}, "--usd-per-day"},
      {{"keys", "add", "a", "--usd-per-day", "1000000001"}, "--usd-per-day"},
      {{"keys", "add", "a", "--usd-per-month", "0.0000000001"}, "nine decimals"},
      {{"keys", "add", "a", "--requests-per-minute", "9223372036854775807"}, "1000000000000"},
      {with(interview, {"--judge", "a"}), "--grader judge"},
      {with(interview, {"--judge", "a", "--dry-run"}), "--grader judge"},
      {with(interview, {"--sandbox", "cat", "--grader", "text"}), "--grader program"},
      {{"selfplay"}, "--budget-usd"},
      {{"selfplay", "--budget-usd", "-1"}, "not an amount"},
      {{"selfplay", "--budget-usd", "1", "--focus", "knitting"}, "knitting"},
      {{"selfplay", "--budget-usd", "1", "--topics", "knitting"}, "--writer"},
      {{"serve", "--listen", "nowhere"}, "nowhere"},
      {{"init", "--probe", "nowhere"}, "nowhere"},
      {{"route", "caf\xe9"}, "UTF-8"},
      {with({"dedicated", "fit", "--ownership", "0.5"}, pair), "hand over to itself"},
      {with({"dedicated", "evaluate"}, pair), "hand over to itself"},
      {{"dedicated", "export", "--out", "x"}, "--own and --generic"},
      {with(interview, {"--budget-usd", "nan"}), "not an amount"},
      {with(interview, {"--map", "answer=a"}), "question"},
      {with(interview, {"--judge-mode", "loud"}), "loud"},
      {with(interview, {"--grader", "judge"}), "--judge"},
      {with(interview, {"--grader", "judge", "--regrade"}), "asks no judge"},
      {with(interview, {"--grader", "program"}), "--sandbox"},
      {with(interview, {"--grader", "program", "--sandbox", "sh", "--no-answers"}), "--no-answers"},
      {with(interview, {"--grader", "program", "--sandbox", "sh", "--adaptive"}), "--adaptive"},
  };
  for (const auto& [words, text] : kCases) {
    SCOPED_TRACE(::testing::PrintToString(words));
    const Ended ended = run_ooe(words);
    EXPECT_EQ(ended.code, 2);
    EXPECT_THAT(ended.said, HasSubstr(text));
  }
}

TEST_F(ExitCode, IsOneWhenAFileIsNotThere) {
  const Words kCases[] = {
      {"train"},
      {"evaluate"},
      {"select"},
      {"report"},
      {"predict", "--questions", "q.jsonl", "--out", "p.tsv"},
      {"adapt", "--out", "m.ooe"},
      {"promote", "m.ooe"},
      {"interview", "--benchmark", "q.jsonl"},
      {"import", "--format", "ooe", "q.jsonl"},
      {"export", "--out", "x"},
      {"route", "Why?"},
      {"doctor"},
      {"serve"},
      {"simulate", "--config", "world.toml"},
      {"replay", "--receipts", "2026-11-01..2026-11-02", "--policy", "new.toml"},
      {"keys", "list"},
      {"selfplay", "--budget-usd", "1"},
      {"dedicated", "evaluate", "--own", "a", "--generic", "b"},
      {"train", "--experts", "@names"},
  };
  for (const Words& words : kCases) {
    SCOPED_TRACE(::testing::PrintToString(words));
    const Ended ended = run_ooe(words);
    EXPECT_EQ(ended.code, 1);
    EXPECT_THAT(ended.said, HasSubstr("ooe: "));
  }
}

// Standard error behind a full disk. Returns the exit code.
int code_when_nothing_can_be_said(const Words& words) {
  std::fflush(stderr);
  const int before = ::dup(STDERR_FILENO);
  const int full = ::open("/dev/full", O_WRONLY);
  ::dup2(full, STDERR_FILENO);
  ::close(full);
  std::vector<const char*> argv{"ooe"};
  for (const std::string& word : words) argv.push_back(word.c_str());
  ::testing::internal::CaptureStdout();
  const int code = run_program(static_cast<int>(argv.size()), argv.data());
  ::testing::internal::GetCapturedStdout();
  ::dup2(before, STDERR_FILENO);
  ::close(before);
  std::clearerr(stderr);
  return code;
}

TEST(Say, DoesNotEndTheWorkWhenTheDiskIsFull) {
  std::fflush(stdout);
  const int before = ::dup(STDOUT_FILENO);
  const int full = ::open("/dev/full", O_WRONLY);
  ::dup2(full, STDOUT_FILENO);
  ::close(full);
  EXPECT_NO_THROW(say("{}", std::string(1'000'000, 'x')));  // more than is held back
  EXPECT_NE(std::ferror(stdout), 0) << "which the exit code tells of";
  ::dup2(before, STDOUT_FILENO);
  ::close(before);
  std::clearerr(stdout);
}

TEST_F(ExitCode, IsTheSameWhenNothingCanBeSaid) {
  std::string questions;
  std::string outcomes = "id\ta\tb\n";
  for (int i = 0; i < 40; ++i) {
    questions += fmt::format("{{\"id\": \"q{0}\", \"question\": \"Is {0} a number?\"}}\n", i);
    outcomes += fmt::format("q{}\t{}\t{}\n", i, i % 2, i % 3 == 0 ? 0 : 1);
  }
  write("q.jsonl", questions);
  write("o.tsv", outcomes);
  write("ooe.toml", "[[expert]]\nname = \"a\"\nbase_url = \"http://127.0.0.1:1/v1\"\n");
  EXPECT_EQ(code_when_nothing_can_be_said({"train", "--questions", "q.jsonl", "--outcomes", "o.tsv",
                                           "--no-baselines", "--out", "m.ooe"}),
            0);
  EXPECT_TRUE(std::filesystem::exists("m.ooe"));
  EXPECT_EQ(code_when_nothing_can_be_said({"keys", "add", "alice"}), 0);
  EXPECT_EQ(code_when_nothing_can_be_said({"nonsense"}), 2);
  EXPECT_EQ(code_when_nothing_can_be_said({"train", "--nonsense"}), 2);
  EXPECT_EQ(code_when_nothing_can_be_said({"predict", "--questions", "no", "--out", "x"}), 1);
}

// What is quoted is not to command the terminal.
TEST_F(ExitCode, IsSaidInPlainText) {
  write("model.ooe", std::string("OOEMODEL\x05\0\x1b[31m\xff", 16));
  write("q.jsonl", "{\"id\": \"q1\", \"question\": \"One?\"}\n");
  write("o.tsv", "id\ta\tb\nq1\t1\t0\n");
  for (const char* option : {"--experts", "--strong"}) {
    const char* name = std::string_view(option) == "--experts" ? "@model.ooe" : "\x1b[31mred";
    const Ended ended =
        run_ooe({"evaluate", "--questions", "q.jsonl", "--outcomes", "o.tsv", option, name});
    EXPECT_EQ(ended.code, 1);
    EXPECT_THAT(ended.said, HasSubstr("\\x1b[31m")) << option;
    EXPECT_EQ(ended.said.find('\x1b'), std::string::npos) << option;
  }
}

}  // namespace
}  // namespace ooe::cli
