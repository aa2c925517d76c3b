#include "http/resolver.h"

#include <memory>

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

}  // namespace
}  // namespace ooe::http::testing
