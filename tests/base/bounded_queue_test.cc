#include "base/bounded_queue.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <numeric>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace ooe {
namespace {

using std::chrono::milliseconds;

TEST(BoundedQueue, GivesBackInOrderAtMostWhatWasAsked) {
  BoundedQueue<int> queue(3);
  for (int i = 1; i <= 3; ++i) ASSERT_TRUE(queue.try_push(int{i}));
  EXPECT_EQ(queue.pop_batch(2, milliseconds(0)), (std::vector{1, 2}));
  EXPECT_EQ(queue.pop_batch(2, milliseconds(0)), (std::vector{3}));
  EXPECT_TRUE(queue.pop_batch(2, milliseconds(0)).empty());
}

TEST(BoundedQueue, LeavesWhatItRefusesWithTheCaller) {
  BoundedQueue<std::unique_ptr<int>> queue(1);
  ASSERT_TRUE(queue.try_push(std::make_unique<int>(1)));
  auto second = std::make_unique<int>(2);
  EXPECT_FALSE(queue.try_push(std::move(second)));
  ASSERT_NE(second, nullptr);  // NOLINT(bugprone-use-after-move): a refused item stays
  EXPECT_EQ(*second, 2);
  EXPECT_EQ(queue.size(), 1U);
}

TEST(BoundedQueue, ClosedTakesNothingMoreButGivesWhatItHas) {
  BoundedQueue<int> queue(2);
  ASSERT_TRUE(queue.try_push(1));
  queue.close();
  EXPECT_FALSE(queue.try_push(2));
  EXPECT_FALSE(queue.closed_and_empty());
  EXPECT_EQ(queue.pop_batch(10, milliseconds(0)), (std::vector{1}));
  EXPECT_TRUE(queue.closed_and_empty());
}

TEST(BoundedQueue, ClosingWakesWhoWaits) {
  BoundedQueue<int> queue(1);
  std::jthread closer([&] { queue.close(); });
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(queue.pop_batch(1, std::chrono::minutes(1)).empty());
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
}

TEST(BoundedQueue, LosesAndDoublesNothingBetweenThreads) {
  constexpr int kEach = 2'000;
  constexpr int kProducers = 3;
  BoundedQueue<int> queue(16);
  std::atomic<std::int64_t> sum{0};
  std::atomic<int> count{0};
  {
    std::vector<std::jthread> consumers;
    for (int c = 0; c < 2; ++c) {
      consumers.emplace_back([&] {
        while (!queue.closed_and_empty()) {
          const auto batch = queue.pop_batch(7, milliseconds(50));
          EXPECT_LE(batch.size(), 7U);
          count += static_cast<int>(batch.size());
          sum += std::accumulate(batch.begin(), batch.end(), std::int64_t{0});
        }
      });
    }
    {
      std::vector<std::jthread> producers;
      for (int p = 0; p < kProducers; ++p) {
        producers.emplace_back([&, p] {
          for (int i = 0; i < kEach; ++i) {
            while (!queue.try_push(p * kEach + i)) std::this_thread::yield();
          }
        });
      }
    }
    queue.close();
  }
  constexpr std::int64_t kAll = kProducers * kEach;
  EXPECT_EQ(count, kAll);
  EXPECT_EQ(sum, kAll * (kAll - 1) / 2);
}

TEST(BoundedQueueDeathTest, NeedsRoom) {
  EXPECT_DEATH(BoundedQueue<int>(0), "a queue with room for something");
}

}  // namespace
}  // namespace ooe
