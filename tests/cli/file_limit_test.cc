#include "cli/file_limit.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <sys/resource.h>

namespace ooe::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(FileLimit, LetsAsManyInAsFitAndRefusesWhenNobodyDoes) {
  const auto enough = check_file_limit(20'000, 2, 8'000);
  EXPECT_EQ(enough->connections, 8'000U);
  EXPECT_EQ(enough->warning, "");
  const auto some = check_file_limit(1'040, 2, 8'000);
  EXPECT_EQ(some->connections, 468U);
  EXPECT_THAT(some->warning,
              AllOf(HasSubstr("1040 open files"), HasSubstr("468 connections"),
                    HasSubstr("connections_max = 8000"), HasSubstr("ulimit -n 16104")));
  EXPECT_EQ(check_file_limit(48, 2, 8'000)->connections, 2U);
  // As many as it says are needed are enough, and one less is not.
  for (const std::size_t connections : {1U, 63U, 64U, 65U, 1'000U}) {
    const std::uint64_t enough_for = 40 + 2 * connections + std::min<std::size_t>(connections, 64);
    EXPECT_EQ(check_file_limit(enough_for, 2, connections)->warning, "") << connections;
    if (connections == 1) continue;
    EXPECT_EQ(check_file_limit(enough_for - 1, 2, connections)->connections, connections - 1);
  }
  const auto too_few = check_file_limit(15, 2, 8'000);
  ASSERT_FALSE(too_few.has_value());
  EXPECT_EQ(too_few.error().code, ErrorCode::resource_exhausted);
  EXPECT_THAT(too_few.error().message,
              AllOf(HasSubstr("15 open files"), HasSubstr("needs at least 43")));
}

TEST(FileLimit, RaisesWhatMayBeRaised) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit low = before;
  low.rlim_cur = 64;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
  EXPECT_EQ(raise_file_limit(), before.rlim_max);
  EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
}

}  // namespace
}  // namespace ooe::cli
