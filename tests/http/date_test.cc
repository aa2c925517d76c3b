#include "http/date.h"

#include <ctime>

#include <gtest/gtest.h>

namespace ooe::http {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

TEST(Date, IsWrittenAsHttpHasIt) {
  EXPECT_EQ(date_of(sys_seconds(seconds(784'111'777))), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(date_of(sys_seconds(seconds(0))), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(date_of(sys_seconds(seconds(951'782'399))), "Mon, 28 Feb 2000 23:59:59 GMT");
}

TEST(Date, OfNowIsAsTheClockSays) {
  const auto before = sys_seconds(seconds(std::time(nullptr)));
  const std::string now(date_now());
  const auto after = sys_seconds(seconds(std::time(nullptr)));
  EXPECT_TRUE(now == date_of(before) || now == date_of(after)) << now;
}

}  // namespace
}  // namespace ooe::http
