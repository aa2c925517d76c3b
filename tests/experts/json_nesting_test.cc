#include "experts/json_nesting.h"

#include <string>

#include <gtest/gtest.h>

namespace ooe::experts {
namespace {

TEST(JsonNesting, IsClosedAtTheEndAndNowhereBefore) {
  const std::string json = R"({"a":[1,{"b":"}]\\"},"\"{"],"c":{}})";
  JsonNesting nesting;
  for (const char& byte : json) {
    EXPECT_FALSE(nesting.closed()) << &byte - json.data();
    nesting.feed({&byte, 1});
  }
  EXPECT_TRUE(nesting.closed());
  nesting.feed("\n");
  EXPECT_TRUE(nesting.closed());
}

TEST(JsonNesting, WhatIsNoJsonIsNotClosed) {
  for (const char* other : {"", "<html></html>", "12", R"("{}")", "{}}"}) {
    JsonNesting nesting;
    nesting.feed(other);
    EXPECT_FALSE(nesting.closed()) << other;
  }
}

}  // namespace
}  // namespace ooe::experts
