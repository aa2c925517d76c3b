#include "cli/file_limit.h"

#include <gmock/gmock.h>
#include <sys/resource.h>

namespace ooe::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(FileLimit, WarnsWhenTheConnectionsDoNotFitAndRefusesWhenNothingDoes) {
  EXPECT_EQ(*check_file_limit(20'000, 2, 8'000), "");
  EXPECT_THAT(*check_file_limit(1'032, 2, 8'000),
              AllOf(HasSubstr("1032 open files"), HasSubstr("about 500 connections"),
                    HasSubstr("connections_max = 8000"), HasSubstr("ulimit -n 16032")));
  EXPECT_THAT(*check_file_limit(40, 2, 8'000), HasSubstr("about 4 connections"));
  const auto too_few = check_file_limit(15, 2, 8'000);
  ASSERT_FALSE(too_few.has_value());
  EXPECT_EQ(too_few.error().code, ErrorCode::resource_exhausted);
  EXPECT_THAT(too_few.error().message,
              AllOf(HasSubstr("15 open files"), HasSubstr("needs at least 34")));
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
