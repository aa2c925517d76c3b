#include "http/loop.h"

#include <csignal>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "http/loop_impl.h"
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

// Calls `seen` when its descriptor, which counts events, has something.
class Seen final : public Watcher {
 public:
  explicit Seen(std::function<void()> seen) : seen_(std::move(seen)) {}
  void on_events(std::uint32_t) override { seen_(); }

  const Descriptor events{::eventfd(0, EFD_CLOEXEC)};

 private:
  std::function<void()> seen_;
};

// Counts one event.
bool tell(const Seen& watcher) {
  const std::uint64_t one = 1;
  return ::write(watcher.events.get(), &one, sizeof(one)) == sizeof(one);
}

// Runs `told` at every event.
struct ToldWatcher final : Watcher {
  explicit ToldWatcher(std::function<void()> work) : told(std::move(work)) {}
  void on_events(std::uint32_t) override { told(); }
  std::function<void()> told;
};

// Two descriptors have something to tell in one turn; which is told first is the system's choice.
TEST(Loop, KnowsWhatASocketMayHaveThatItWasNotTold) {
  using std::chrono::steady_clock;
  Loop loop;
  Loop::Impl& impl = loop.impl();
  const auto long_ago = steady_clock::now();
  const ToldWatcher silent([] {});
  std::vector<bool> other_may_have;  // by order of events
  std::vector<bool> silent_may_have;
  const auto ask = [&](const Watcher& other) {
    other_may_have.push_back(impl.may_have_news(other, long_ago));
    silent_may_have.push_back(impl.may_have_news(silent, long_ago));
    EXPECT_TRUE(impl.may_have_news(silent, impl.now())) << "the system was not asked since";
    if (other_may_have.size() < 2) return;
    std::this_thread::sleep_for(2 * Loop::Impl::kMoment);
    EXPECT_TRUE(impl.may_have_news(silent, long_ago)) << "it was asked long ago";
    loop.post([&] {
      EXPECT_TRUE(impl.may_have_news(silent, long_ago)) << "nobody was asked for this";
      loop.stop();
    });
  };
  ToldWatcher one([] {});
  ToldWatcher two([&] { ask(one); });
  one.told = [&] { ask(two); };
  const std::vector<bool> neither{false, false};
  const std::vector<bool> only_the_second_to_be_told{true, false};
  const auto knows = [&] {
    other_may_have.clear();
    silent_may_have.clear();
    const Descriptor first(::eventfd(1, EFD_CLOEXEC));
    const Descriptor second(::eventfd(1, EFD_CLOEXEC));
    EXPECT_TRUE(impl.watch(first.get(), EPOLLIN, one) && impl.watch(second.get(), EPOLLIN, two));
    loop.run();
    EXPECT_TRUE(other_may_have.front()) << "this turn has it still to tell";
    return other_may_have == only_the_second_to_be_told && silent_may_have == neither;
  };
  // A busy machine may take a moment between any two lines.
  EXPECT_TRUE(comes_true(knows));
}

TEST(Timer, IsNotLateForWhatCameWhileTheProcessWasStopped) {
  Loop loop;
  Seen answer([] { ::_exit(0); });
  ASSERT_TRUE(loop.impl().watch(answer.events.get(), EPOLLIN, answer));
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    Timer deadline(loop);
    deadline.arm(milliseconds(500), [] { ::_exit(1); });
    loop.run();
    ::_exit(2);
  }
  std::this_thread::sleep_for(milliseconds(100));  // for it to fall asleep
  ::kill(child, SIGSTOP);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, WUNTRACED), child);
  EXPECT_TRUE(tell(answer));
  std::this_thread::sleep_for(milliseconds(600));
  ::kill(child, SIGCONT);
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0) << "the deadline rang first";
}

// A turn has room for some of it only.
TEST(Timer, IsNotLateForAnythingThatCameBefore) {
  Loop loop;
  int seen = 0;
  std::vector<std::unique_ptr<Seen>> watchers;
  for (int i = 0; i < 300; ++i) {
    Seen& watcher = *watchers.emplace_back(std::make_unique<Seen>([&] { ++seen; }));
    ASSERT_TRUE(loop.impl().watch(watcher.events.get(), EPOLLIN, watcher));
    ASSERT_TRUE(tell(watcher));
  }
  Timer deadline(loop);
  int seen_then = 0;
  deadline.arm(milliseconds(1), [&] {
    seen_then = seen;
    loop.stop();
  });
  std::this_thread::sleep_for(milliseconds(5));
  loop.run();
  EXPECT_EQ(seen_then, 300);
}

// Who is never at the end of what comes still has to give up what takes too long.
TEST(Timer, RingsAlthoughEveryTurnIsFull) {
  Loop loop;
  std::vector<std::unique_ptr<Seen>> watchers;
  for (std::size_t i = 0; i < 300; ++i) {
    Seen& watcher = *watchers.emplace_back(
        std::make_unique<Seen>([&watchers, i] { EXPECT_TRUE(tell(*watchers[i])); }));
    ASSERT_TRUE(loop.impl().watch(watcher.events.get(), EPOLLIN, watcher));
    ASSERT_TRUE(tell(watcher));
  }
  Timer deadline(loop);
  deadline.arm(milliseconds(1), [&] { loop.stop(); });
  loop.run();
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
