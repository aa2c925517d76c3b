#include "core/expert_name.h"

#include <string_view>

#include <gtest/gtest.h>

namespace ooe {
namespace {

TEST(ExpertName, IsAColumnAListItemAndAHeaderValue) {
  for (const std::string_view name : {"gpt-4", "a b", "meta/llama:70b", "ä", "#1", "a|b"}) {
    EXPECT_FALSE(expert_name_fault(name).has_value()) << name;
  }
  for (const std::string_view name : {"", " a", "a ", "a,b", "a\tb", "a\n", "\x7f", "\xff"}) {
    EXPECT_TRUE(expert_name_fault(name).has_value()) << name;
  }
}

}  // namespace
}  // namespace ooe
