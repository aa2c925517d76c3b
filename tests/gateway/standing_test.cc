#include "gateway/standing.h"

#include <chrono>
#include <vector>

#include <gtest/gtest.h>

namespace ooe::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Standing, TellsWhoIsWellWhoIsFullAndWhoTakesTheLength) {
  const TimePoint now{seconds(100)};
  std::vector<experts::ExpertGate> gates(
      4, experts::ExpertGate({}, {.first = 1, .max = 1, .slow_factor = 1e9}));
  ExpertHealth health(4);
  ASSERT_TRUE(gates[1].start(now));  // all that it takes
  health.leave_alone(2, now + seconds(1));
  ASSERT_TRUE(gates[2].start(now));  // full as well, but that is not what keeps it
  EXPECT_TRUE(health.refused_as_too_long(3, 5'000, now));
  for (const bool pinned : {false, true}) {
    policy::DecideOptions options;
    if (pinned) options.pinned = ExpertId{3};
    const Standing standing(gates, health, 5'000, now);
    standing.mask(options);
    EXPECT_EQ(std::vector(options.healthy.begin(), options.healthy.end()),
              (std::vector{true, false, false, true}));
    EXPECT_EQ(std::vector(options.busy.begin(), options.busy.end()),
              (std::vector{false, true, false, false}));
    EXPECT_EQ(std::vector(options.takes_length.begin(), options.takes_length.end()),
              pinned ? std::vector<bool>{} : (std::vector{true, true, true, false}));
  }
}

}  // namespace
}  // namespace ooe::gateway
