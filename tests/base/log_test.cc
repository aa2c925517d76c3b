#include "base/log.h"

#include <cstdint>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace ooe {
namespace {

// Standard error is a pipe whose reader has stopped.
TEST(Log, WaitsForNobodyWhoReadsIt) {
  int pipe[2] = {-1, -1};
  ASSERT_EQ(::pipe2(pipe, O_CLOEXEC), 0);
  const int before = ::dup(STDERR_FILENO);
  ASSERT_TRUE(start_log("info").has_value());
  ::dup2(pipe[1], STDERR_FILENO);
  const std::int64_t lost = log_lines_lost();
  const std::string line(500, 'x');
  for (int i = 0; i < 1'000; ++i) spdlog::info("{}", line);  // more than a pipe holds
  const std::int64_t lost_of_these = log_lines_lost() - lost;
  std::string read(1 << 20, '\0');
  ::fcntl(pipe[0], F_SETFL, O_NONBLOCK);
  read.resize(static_cast<std::size_t>(::read(pipe[0], read.data(), read.size())));
  spdlog::info("{}", std::string(10'000, 'y'));
  std::string behind(1 << 20, '\0');
  behind.resize(static_cast<std::size_t>(::read(pipe[0], behind.data(), behind.size())));
  spdlog::critical("{}", std::string(10'000, 'z'));
  std::string whole(1 << 20, '\0');
  whole.resize(static_cast<std::size_t>(::read(pipe[0], whole.data(), whole.size())));
  ::dup2(before, STDERR_FILENO);
  for (const int descriptor : {before, pipe[0], pipe[1]}) ::close(descriptor);

  EXPECT_GT(lost_of_these, 500);
  EXPECT_TRUE(read.ends_with("x\n"));
  EXPECT_TRUE(behind.starts_with(std::to_string(lost_of_these) + " lines of the log are lost"));
  EXPECT_EQ(behind.size() - behind.find('\n') - 1, 4'096U) << "a long line is cut";
  EXPECT_TRUE(behind.ends_with("y\n"));
  EXPECT_TRUE(whole.ends_with(std::string(10'000, 'z') + "\n")) << "nothing else has it";
}

TEST(Log, RefusesALevelThatIsNone) {
  for (const char* level : {"loud", "", "trace", "warn", "err", "critical", "Info"}) {
    EXPECT_FALSE(check_log_level(level).has_value()) << level;
    EXPECT_FALSE(start_log(level).has_value()) << level;
  }
  EXPECT_TRUE(start_log("off").has_value());
  EXPECT_TRUE(start_log("info").has_value());
}

}  // namespace
}  // namespace ooe
