#include "experts/backoff.h"

#include <chrono>
#include <set>

#include <gtest/gtest.h>

namespace ooe::experts {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Backoff, WaitsBetweenHalfAndAllOfACeilingThatDoubles) {
  const BackoffOptions options{.first = milliseconds(500), .max = milliseconds(3'000)};
  struct Case {
    int retry;
    milliseconds ceiling;
  };
  Rng rng(1);
  for (const auto& [retry, ceiling] :
       {Case{1, milliseconds(500)}, Case{2, milliseconds(1'000)}, Case{3, milliseconds(2'000)},
        Case{4, milliseconds(3'000)}, Case{5, milliseconds(3'000)},
        Case{1'000'000, milliseconds(3'000)}}) {
    SCOPED_TRACE(retry);
    std::set<milliseconds> seen;
    for (int i = 0; i < 1'000; ++i) {
      const milliseconds delay = next_delay(retry, rng, std::nullopt, options);
      EXPECT_GE(delay, ceiling / 2);
      EXPECT_LE(delay, ceiling);
      seen.insert(delay);
    }
    EXPECT_GT(seen.size(), 100U) << "clients turned away together must not come back together";
  }
}

TEST(Backoff, NeverComesBackBeforeTheExpertSaid) {
  Rng rng(2);
  for (const int after : {0, 1, 60, 86'400}) {
    const milliseconds delay = next_delay(1, rng, seconds(after));
    EXPECT_GE(delay, seconds(after));
    EXPECT_LE(delay, seconds(after) + BackoffOptions().first);
  }
  EXPECT_GE(next_delay(1, rng, seconds(-5)), milliseconds(0));
}

TEST(Backoff, IsTheSameForTheSameSeed) {
  Rng a(7);
  Rng b(7);
  for (int retry = 1; retry < 20; ++retry) {
    EXPECT_EQ(next_delay(retry, a, std::nullopt), next_delay(retry, b, std::nullopt));
  }
}

}  // namespace
}  // namespace ooe::experts
