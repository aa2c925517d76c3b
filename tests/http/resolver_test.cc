#include "http/resolver.h"

#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <system_error>
#include <thread>

#include <gtest/gtest.h>

#include "tests/http/harness.h"

namespace ooe::http::testing {
namespace {

TEST(Resolver, PassesOverWhatNobodyWantsAnyMore) {
  Loop loop;
  Resolver resolver(loop);
  auto wanted = std::make_shared<int>(0);
  int told = 0;
  for (int i = 0; i < 20; ++i) {
    resolver.look_up("localhost", "80", std::make_shared<int>(i), [&](const auto&) { ++told; });
  }
  resolver.look_up("localhost", "80", wanted, [&](const auto& endpoints) {
    EXPECT_TRUE(endpoints.has_value());
    loop.stop();
  });
  loop.run();
  EXPECT_EQ(told, 0);
}

TEST(Resolver, WithoutAThreadANameIsNotLookedUp) {
  Loop loop;
  Resolver resolver(loop, look_up, [](const std::function<void()>&) -> std::thread {
    throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again));
  });
  const auto wanted = std::make_shared<int>(0);
  for (int i = 0; i < 2; ++i) {
    resolver.look_up("localhost", "80", wanted, [&](const auto& endpoints) {
      ASSERT_FALSE(endpoints.has_value());
      EXPECT_EQ(endpoints.error().code, ErrorCode::resource_exhausted);
      loop.stop();
    });
    loop.run();
  }
}

// A zone whose servers are dead takes the system half a minute.
TEST(Resolver, ANameThatDoesNotAnswerKeepsNoOtherWaiting) {
  Loop loop;
  std::promise<void> over;
  const std::shared_future<void> dead_is_over = over.get_future().share();
  std::atomic<int> looked_up = 0;
  Resolver resolver(loop, [&](const std::string& host, const std::string& port) {
    ++looked_up;
    if (host == "dead") dead_is_over.wait();
    return look_up("127.0.0.1", port);
  });
  const auto wanted = std::make_shared<int>(0);
  int dead = 0;
  int good = 0;
  for (int i = 0; i < 10; ++i) {
    resolver.look_up("dead", "80", wanted, [&](const auto&) { ++dead; });
  }
  for (int i = 0; i < 3; ++i) {
    resolver.look_up("good" + std::to_string(i), "80", wanted, [&](const auto& endpoints) {
      EXPECT_TRUE(endpoints.has_value());
      if (++good == 3) loop.stop();
    });
  }
  loop.run();
  EXPECT_EQ(dead, 0);
  over.set_value();
  resolver.look_up("last", "80", wanted, [&](const auto&) { loop.stop(); });
  loop.run();
  while (dead == 0) {
    loop.post([&] { loop.stop(); });
    loop.run();
  }
  EXPECT_EQ(dead, 10);
  EXPECT_EQ(looked_up, 5) << "one look-up answers all who ask for the same name meanwhile";
}

}  // namespace
}  // namespace ooe::http::testing
