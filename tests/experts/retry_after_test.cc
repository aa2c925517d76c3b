#include "experts/retry_after.h"

#include <chrono>
#include <string_view>

#include <gtest/gtest.h>

namespace ooe::experts {
namespace {

using std::chrono::seconds;

const WallTime kNow =
    std::chrono::sys_days(std::chrono::year(2026) / 2 / 28) + std::chrono::hours(23);

TEST(RetryAfter, ReadsSecondsAndDates) {
  struct Case {
    std::string_view text;
    seconds delay;
  };
  for (const auto& [text, delay] : {
           Case{"0", seconds(0)},
           Case{"120", seconds(120)},
           Case{"00002", seconds(2)},
           Case{"1.5", seconds(2)},
           Case{"2.0", seconds(2)},
           Case{"0.02", seconds(1)},
           Case{"99999999999999999999999999", kRetryAfterMax},
           Case{"Sat, 28 Feb 2026 23:00:10 GMT", seconds(10)},
           Case{"Sun, 01 Mar 2026 00:00:00 GMT", seconds(3'600)},
           Case{"Sun, 06 Nov 1994 08:49:37 GMT", seconds(0)},
           Case{"Fri, 31 Dec 2100 23:59:59 GMT", kRetryAfterMax},
       }) {
    SCOPED_TRACE(text);
    const auto parsed = parse_retry_after(text, kNow);
    ASSERT_TRUE(parsed.has_value());
    EXPECT_EQ(*parsed, delay);
  }
  EXPECT_EQ(parse_retry_after("Sat, 28 Feb 2026 23:00:01 GMT", kNow + std::chrono::milliseconds(1)),
            seconds(1))
      << "rounded up: never early";
}

TEST(RetryAfter, IgnoresWhatItCannotRead) {
  for (const std::string_view text :
       {"", " ", "-1", ".5", "1.", "1.x", "1.5.2", "1,5", "1e3", "soon", "2s",
        "Sat, 30 Feb 2026 23:00:10 GMT", "Sat, 28 Feb 2026 23:00:10",
        "Sat, 28 Feb 2026 23:00:10 CET", "Sat, 28 Feb 2026 25:00:10 GMT",
        "Sat, 28 Feb 2026 23:00:10 GMT+1", "Sat, 28 Feb"}) {
    EXPECT_FALSE(parse_retry_after(text, kNow).has_value()) << text;
  }
}

TEST(RetryAfter, ReadsOpenAisMilliseconds) {
  EXPECT_EQ(parse_retry_after_ms("1500"), seconds(2));
  EXPECT_EQ(parse_retry_after_ms("2000"), seconds(2));
  EXPECT_EQ(parse_retry_after_ms("2000.5"), seconds(3));
  EXPECT_EQ(parse_retry_after_ms("0"), seconds(0));
  EXPECT_EQ(parse_retry_after_ms("99999999999999999999"), kRetryAfterMax);
  EXPECT_EQ(parse_retry_after_ms("soon"), std::nullopt);
  EXPECT_EQ(parse_retry_after_ms(""), std::nullopt);
}

}  // namespace
}  // namespace ooe::experts
