#include "experts/adaptive_limit.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace ooe::experts {
namespace {

using std::chrono::milliseconds;

TEST(AdaptiveLimit, GrowsByOneEachRoundAndStopsAtItsMaximum) {
  AdaptiveLimit limit({.first = 4, .max = 10});
  TimePoint now{};
  EXPECT_EQ(limit.limit(), 4);
  for (int i = 0; i < 4; ++i) limit.on_answered(milliseconds(100), limit.limit(), now);
  EXPECT_EQ(limit.limit(), 4);
  limit.on_answered(milliseconds(100), limit.limit(), now);
  EXPECT_EQ(limit.limit(), 5);
  for (int i = 0; i < 1'000; ++i) limit.on_answered(milliseconds(100), limit.limit(), now);
  EXPECT_EQ(limit.limit(), 10);
}

TEST(AdaptiveLimit, HalvesOnceForAStormAndNeverBelowOne) {
  AdaptiveLimit limit({.first = 16, .max = 16, .pause = milliseconds(1'000)});
  TimePoint now{};
  for (int i = 0; i < 16; ++i) limit.on_overloaded(16, now);
  EXPECT_EQ(limit.limit(), 8);
  for (int i = 0; i < 10; ++i) limit.on_overloaded(16, now += milliseconds(1'000));
  EXPECT_EQ(limit.limit(), 1);
}

TEST(AdaptiveLimit, TakesAQueueForASign) {
  AdaptiveLimit limit({.first = 4, .max = 16, .slow_factor = 4.0});
  TimePoint now{};
  for (int i = 0; i < 1'000; ++i) limit.on_answered(milliseconds(300), 16, now);
  EXPECT_EQ(limit.limit(), 16);
  for (int i = 0; i < 30; ++i) limit.on_answered(milliseconds(5'000), 16, now);
  EXPECT_EQ(limit.limit(), 8);
}

// One at a time there is no queue: the questions are long, or the expert is.
TEST(AdaptiveLimit, RefusesNobodyForSlownessAlone) {
  AdaptiveLimit limit({.first = 8, .max = 64});
  TimePoint now{};
  limit.on_answered(milliseconds(10), 1, now);
  for (int i = 0; i < 100; ++i) {
    limit.on_answered(milliseconds(5'000), 1 + i % 8, now += milliseconds(5'000));
  }
  EXPECT_EQ(limit.limit(), 8);
  limit.on_overloaded(8, now += milliseconds(5'000));
  EXPECT_EQ(limit.limit(), 4) << "a refusal is another matter";
  for (int i = 0; i < 100; ++i) {
    limit.on_answered(milliseconds(60'000), 4, now += milliseconds(5'000));
  }
  EXPECT_GE(limit.limit(), 4);
}

TEST(AdaptiveLimit, DoesNotTakeShortLatenciesForAQueue) {
  AdaptiveLimit limit({.first = 4, .max = 64});
  TimePoint now{};
  limit.on_answered(milliseconds(1), 4, now);
  for (int i = 0; i < 200; ++i) limit.on_answered(milliseconds(100), 64, now);
  EXPECT_GT(limit.limit(), 10);
}

TEST(AdaptiveLimit, DoesNotGrowWhileItIsNotUsed) {
  AdaptiveLimit limit({.first = 8, .max = 64});
  for (int i = 0; i < 1'000; ++i) limit.on_answered(milliseconds(100), 3, TimePoint{});
  EXPECT_EQ(limit.limit(), 8);
}

// An expert that takes `capacity` calls at a time and turns the rest away.
TEST(AdaptiveLimit, HoversAroundWhatAnExpertTakes) {
  for (const int capacity : {3, 12, 40}) {
    AdaptiveLimit limit({.first = 8, .max = 128});
    TimePoint now{};
    double sum = 0.0;
    constexpr int kRounds = 4'000;
    for (int round = 0; round < kRounds; ++round) {
      now += milliseconds(200);
      const int in_flight = limit.limit();
      for (int call = 0; call < std::min(in_flight, capacity); ++call) {
        limit.on_answered(milliseconds(200), in_flight, now);
      }
      if (in_flight > capacity) limit.on_overloaded(in_flight, now);
      if (round >= kRounds / 2) sum += std::min(in_flight, capacity);
    }
    const double used = sum / (kRounds / 2) / capacity;
    EXPECT_GT(used, 0.6) << capacity;
    EXPECT_LE(limit.limit(), capacity + 2) << capacity;
  }
}

}  // namespace
}  // namespace ooe::experts
