#include "base/near_names.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ooe {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::vector<std::string> kNames = {"gpt-4-1106-preview", "gpt-4-0613", "meta/Llama-2-70b",
                                         "mistral-7b"};

TEST(NearNames, FindsSlipsOfTheHandAndParts) {
  EXPECT_THAT(near_names("gpt-4-1106-previw", kNames), ElementsAre("gpt-4-1106-preview"));
  EXPECT_THAT(near_names("llama", kNames), ElementsAre("meta/Llama-2-70b"));
  EXPECT_THAT(near_names("gpt-4", kNames), ElementsAre("gpt-4-0613", "gpt-4-1106-preview"));
  EXPECT_THAT(near_names("claude", kNames), IsEmpty());
  EXPECT_THAT(near_names("", kNames), IsEmpty());
}

TEST(NearNames, HintsWithAllNamesWhenNoneIsNear) {
  EXPECT_EQ(name_hint("mistral-8b", kNames), "did you mean 'mistral-7b'?");
  EXPECT_EQ(name_hint("claude", std::vector<std::string>{"a", "b"}), "known are 'a', 'b'");
  EXPECT_EQ(name_hint("x", {}), "there are none");
  std::vector<std::string> many(12, "some-long-name");
  EXPECT_TRUE(name_hint("x", many).ends_with("and 4 more"));
}

}  // namespace
}  // namespace ooe
