#include "http/loop.h"

#include <vector>

#include <gtest/gtest.h>

#include "tests/http/harness.h"

namespace ooe::http::testing {
namespace {

TEST(Loop, RunsWhatIsPostedUntilItIsStoppedAndMayRunAgain) {
  Loop loop;
  std::vector<int> order;
  loop.post([&] { order.push_back(1); });
  loop.post([&] {
    order.push_back(2);
    loop.stop();
  });
  loop.run();
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
  loop.post([&] {
    order.push_back(3);
    loop.stop();
  });
  loop.run();
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
}

TEST(Loop, IsWokenByOtherThreadsAndKeepsWhatItWasStoppedBefore) {
  Loop loop;
  std::vector<int> order;
  for (int round = 0; round < 100; ++round) {
    std::thread other([&] {
      loop.post([&] { order.push_back(1); });
      loop.post([&] { loop.stop(); });
      loop.post([&] { order.push_back(2); });
    });
    loop.run();
    other.join();
  }
  loop.post([&] { loop.stop(); });
  loop.run();
  EXPECT_EQ(std::ranges::count(order, 1), 100);
  EXPECT_EQ(std::ranges::count(order, 2), 100);
}

TEST(Loop, RunsAtOnceWhatItWasStoppedBefore) {
  Loop loop;
  int ran = 0;
  loop.post([&] { loop.stop(); });
  loop.post([&] {
    ++ran;
    loop.stop();
  });
  Timer watchdog(loop);  // else a failure would hang
  watchdog.arm(milliseconds(2'000), [&] { loop.stop(); });
  loop.run();
  EXPECT_EQ(ran, 0);
  loop.run();
  EXPECT_EQ(ran, 1);
}

// A function may hold the last reference to what takes leave of the loop.
TEST(Loop, DestroysWhatNeverRan) {
  auto owned = std::make_shared<int>(0);
  const std::weak_ptr<int> seen = owned;
  {
    Loop loop;
    loop.post([owned = std::move(owned), timer = std::make_shared<Timer>(loop)] {});
  }
  EXPECT_TRUE(seen.expired());
}

// Posts once more whenever it is destroyed, `times` in all.
struct PostsAgain {
  PostsAgain(Loop& its_loop, int times, std::shared_ptr<int> it_owns)
      : loop(its_loop), left(times), owned(std::move(it_owns)) {}
  ~PostsAgain() {
    if (left > 0) loop.post([next = std::make_shared<PostsAgain>(loop, left - 1, owned)] {});
  }
  PostsAgain(const PostsAgain&) = delete;
  PostsAgain& operator=(const PostsAgain&) = delete;

  Loop& loop;
  int left;
  std::shared_ptr<int> owned;
};

TEST(Loop, DestroysWhatIsPostedWhileItGoes) {
  auto owned = std::make_shared<int>(0);
  const std::weak_ptr<int> seen = owned;
  {
    Loop loop;
    loop.post([first = std::make_shared<PostsAgain>(loop, 5, std::move(owned))] {});
  }
  EXPECT_TRUE(seen.expired());
}

TEST(Timer, ForgetsWhatWasCancelledOrArmedOverOrDestroyed) {
  Loop loop;
  std::vector<std::string> called;
  Timer cancelled(loop);
  cancelled.arm(milliseconds(1), [&] { called.emplace_back("cancelled"); });
  Timer moved(loop);
  moved.arm(milliseconds(1), [&] { called.emplace_back("old"); });
  auto destroyed = std::make_unique<Timer>(loop);
  destroyed->arm(milliseconds(1), [&] { called.emplace_back("destroyed"); });
  // All three are due before the loop gets to run, so that their completions are already queued.
  std::this_thread::sleep_for(milliseconds(5));
  loop.post([&] {
    cancelled.cancel();
    moved.arm(milliseconds(5), [&] {
      called.emplace_back("new");
      loop.stop();
    });
    destroyed.reset();
  });
  loop.run();
  EXPECT_EQ(called, std::vector<std::string>{"new"});
}

TEST(Timer, MayBeArmedAgainOrDestroyedByItsOwnCall) {
  Loop loop;
  auto timer = std::make_unique<Timer>(loop);
  int calls = 0;
  std::function<void()> again = [&] {
    if (++calls < 3) return timer->arm(milliseconds(1), again);
    timer.reset();
    loop.stop();
  };
  timer->arm(milliseconds(1), again);
  loop.run();
  EXPECT_EQ(calls, 3);
}

}  // namespace
}  // namespace ooe::http::testing
