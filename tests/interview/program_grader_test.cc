#include "interview/program_grader.h"

#include <chrono>
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ooe::interview {
namespace {

using std::chrono::milliseconds;

TEST(ProgramGrader, RunsTheLastFencedBlockInTheSandbox) {
  const std::string_view answer = "First:\n```sh\necho 1\n```\nNo:\n```sh\necho 42\n```\nDone.";
  EXPECT_EQ(program_in(answer), "echo 42\n");
  EXPECT_EQ(program_in("echo 7"), "echo 7");
  const auto run = run_program({.command = "sh"}, program_in(answer));
  ASSERT_TRUE(run.has_value()) << run.error().message;
  EXPECT_EQ(run->output, "42\n");
  EXPECT_EQ(run->exit_code, 0);
}

TEST(ProgramGrader, TakesWhatTheProgramPrintsForNoProgram) {
  struct Case {
    const char* answer;
    const char* program;
  };
  for (const auto& [answer, program] : {
           Case{"```python\nprint(42)\n```\nOutput:\n```\n42\n```", "print(42)\n"},
           Case{"```python\nprint(42)\n```\nOutput:\n```text\n42\n```", "print(42)\n"},
           Case{"```python\nprint(42)\n```\n```Output\n42\n```", "print(42)\n"},
           Case{"```python\nprint(41)\n```\n``` python\nprint(42)\n```\n```\n42", "print(42)\n"},
           Case{"```\nprint(42)\n```", "print(42)\n"},
           Case{"```\nprint(41)\n```\n```\nprint(42)\n```", "print(42)\n"},
           Case{"```python\nprint(42)", "print(42)"},
           Case{"```text\nprint(42)\n```", "print(42)\n"},
           Case{"print(42)", "print(42)"},
       }) {
    SCOPED_TRACE(answer);
    EXPECT_EQ(program_in(answer), program);
  }
}

TEST(ProgramGrader, ReportsHowAProgramEnded) {
  EXPECT_EQ(run_program({.command = "sh"}, "echo a; exit 3")->exit_code, 3);
  EXPECT_EQ(run_program({.command = "sh"}, "kill -9 $$")->exit_code, 128 + 9);
  EXPECT_EQ(run_program({.command = "/nowhere/sandbox"}, "")->exit_code, 127);
  EXPECT_EQ(run_program({.command = "sh"}, "echo noise >&2")->output, "");
}

TEST(ProgramGrader, KnowsACommandThatIsNone) {
  EXPECT_TRUE(check_sandbox({.command = "/bin/sh"}).has_value());
  EXPECT_TRUE(check_sandbox({.command = "exit 3"}).has_value()) << "it runs, and is not content";
  for (const char* command : {"no-such-command-anywhere", "/dev/null"}) {
    const auto checked = check_sandbox({.command = command});
    ASSERT_FALSE(checked.has_value()) << command;
    EXPECT_EQ(checked.error().code, ErrorCode::invalid_argument);
  }
}

TEST(ProgramGrader, KillsWhatTakesTooLongOrSaysTooMuch) {
  const auto start = std::chrono::steady_clock::now();
  const auto late =
      run_program({.command = "sh", .timeout = milliseconds(100)}, "sleep 60 & sleep 60");
  EXPECT_TRUE(late->timed_out);
  const auto loud =
      run_program({.command = "sh", .output_bytes_max = 10'000}, "while true; do echo yes; done");
  EXPECT_TRUE(loud->too_long);
  EXPECT_LE(loud->output.size(), 10'000U + 16'384U);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST(ProgramGrader, TakesALongProgramAsItIs) {
  std::string program = "exit 0\n";
  program += std::string(1'000'000, '#');
  EXPECT_EQ(run_program({.command = "wc -c"}, program)->output, "1000007\n");
}

TEST(ProgramGrader, ComparesLinesWithoutTheirEnds) {
  EXPECT_TRUE(same_output("1 \n2\n\n", "1\n2"));
  EXPECT_TRUE(same_output("", "\n"));
  EXPECT_TRUE(same_output("1\r\n2\r\n", "1\n2\n"));
  EXPECT_FALSE(same_output("1\n2", "1 2"));
  EXPECT_FALSE(same_output(" 1", "1"));
  EXPECT_FALSE(same_output("1\n2\n3", "1\n2"));
}

// What an expert wrote must not read the keys that ooe itself asks experts with.
TEST(ProgramGrader, HidesTheEnvironmentFromTheProgram) {
  ASSERT_EQ(::setenv("OOE_TEST_SECRET_KEY", "sk-never-to-be-seen", 1), 0);
  const auto run = run_program({.command = "sh"}, "env; printf 'path %s' \"$PATH\"");
  ::unsetenv("OOE_TEST_SECRET_KEY");
  ASSERT_TRUE(run.has_value());
  EXPECT_THAT(run->output, testing::Not(testing::HasSubstr("sk-never-to-be-seen")));
  EXPECT_THAT(run->output, testing::HasSubstr("path /")) << "commands are still found";
}

TEST(ProgramGrader, EndsAProgramThatClosesItsOutputAndStays) {
  const auto start = std::chrono::steady_clock::now();
  const auto run = run_program({.command = "exec sh", .timeout = std::chrono::milliseconds(200)},
                               "printf done; exec >&-; sleep 30");
  ASSERT_TRUE(run.has_value());
  EXPECT_TRUE(run->timed_out);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

}  // namespace
}  // namespace ooe::interview
