#include "gateway/expert_health.h"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace ooe::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(ExpertHealth, IsOutUntilTheLatestTimeAnybodyGave) {
  const TimePoint start{};
  ExpertHealth health(2);
  EXPECT_TRUE(health.is_well(0, start));
  EXPECT_TRUE(health.any_well(start));
  health.leave_alone(0, start + seconds(5));
  health.leave_alone(0, start + seconds(2));  // another worker, which knows less
  EXPECT_FALSE(health.is_well(0, start + seconds(4)));
  EXPECT_TRUE(health.is_well(0, start + seconds(5)));
  EXPECT_TRUE(health.any_well(start)) << "the second one is well";
  health.leave_alone(1, start + seconds(3));
  EXPECT_FALSE(health.any_well(start + seconds(2)));
  EXPECT_TRUE(health.any_well(start + seconds(3)));
}

TEST(ExpertHealth, KnowsWhenTheFirstOfSomeIsBack) {
  const TimePoint start{};
  const std::size_t both[] = {0, 1};
  ExpertHealth health(3);
  EXPECT_EQ(health.back_in({}, start), std::nullopt);
  health.leave_alone(0, start + seconds(60));
  EXPECT_EQ(health.back_in(both, start), std::nullopt) << "the second may be asked now";
  health.leave_alone(1, start + milliseconds(4'001));
  EXPECT_EQ(health.back_in(both, start), seconds(5)) << "not a moment too early";
  EXPECT_EQ(health.back_in(both, start + milliseconds(4'000)), seconds(1));
  EXPECT_EQ(health.back_in(both, start + seconds(5)), std::nullopt);
}

TEST(ExpertHealth, KeepsTheLatestOfManyThreads) {
  ExpertHealth health(1);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&health, thread] {
      for (int i = 0; i < 1'000; ++i) health.leave_alone(0, TimePoint(seconds(4 * i + thread)));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_FALSE(health.is_well(0, TimePoint(seconds(4 * 999 + 2))));
  EXPECT_TRUE(health.is_well(0, TimePoint(seconds(4 * 999 + 3))));
}

TEST(ExpertHealth, RemembersTheShortestPromptThatWasTooLongForAWhile) {
  ExpertHealth health(1);
  const TimePoint start{};
  EXPECT_TRUE(health.takes(0, 1'000'000, start));
  EXPECT_TRUE(health.refused_as_too_long(0, 5'000, start));
  EXPECT_FALSE(health.refused_as_too_long(0, 9'000, start + std::chrono::minutes(1)));
  EXPECT_FALSE(health.refused_as_too_long(0, 10, start)) << "of a file, or by mistake";
  EXPECT_TRUE(health.takes(0, 4'999, start));
  EXPECT_FALSE(health.takes(0, 5'000, start));
  const TimePoint later = start + ExpertHealth::kRefusalKept;
  EXPECT_TRUE(health.takes(0, 5'000, later));
  EXPECT_TRUE(health.refused_as_too_long(0, 9'000, later));
  EXPECT_TRUE(health.takes(0, 5'000, later)) << "what was forgotten does not come back";
  ExpertHealth next(2);
  next.carry_over(1, health, 0);
  EXPECT_FALSE(next.takes(1, 9'000, later)) << "a reload forgets nothing";
  EXPECT_TRUE(next.takes(0, 9'000, later));
}

}  // namespace
}  // namespace ooe::gateway
