#include "experts/key.h"

#include <cstdlib>
#include <string>
#include <string_view>
#include <type_traits>

#include <gtest/gtest.h>

#include "base/file.h"

namespace ooe::experts {
namespace {

constexpr const char* kVariable = "OOE_KEY_TEST_VARIABLE";

Expert expert_with_variable() {
  Expert expert;
  expert.name = "m";
  expert.api_key_env = kVariable;
  return expert;
}

TEST(Key, IsEmptyWhenNoneIsNeeded) {
  const auto key = resolve_key(Expert());
  ASSERT_TRUE(key.has_value());
  EXPECT_TRUE(key->empty());
}

TEST(Key, ComesFromTheEnvironmentWithoutWhiteSpaceAtItsEnds) {
  ::setenv(kVariable, "  sk-123\n", 1);
  const auto key = resolve_key(expert_with_variable());
  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(key->reveal(), "sk-123");
}

TEST(Key, ComesFromAFile) {
  Expert expert;
  expert.name = "m";
  expert.api_key_file = ::testing::TempDir() + "/ooe_key_test";
  ASSERT_TRUE(write_file_atomically(expert.api_key_file, "sk-456\r\n").has_value());
  EXPECT_EQ(resolve_key(expert)->reveal(), "sk-456");
  expert.api_key_file += "_missing";
  const auto missing = resolve_key(expert);
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
  EXPECT_NE(missing.error().message.find(expert.api_key_file), std::string::npos);
}

TEST(Key, RefusesWhatNoHeaderCarriesAndNeverPrintsIt) {
  for (const std::string_view text :
       {"", " \n", "sk-secret\nX-Injected: 1", "sk secret", "sk-secr\xc3\xa9t", "sk-secret\x01"}) {
    ::setenv(kVariable, std::string(text).c_str(), 1);
    const auto key = resolve_key(expert_with_variable());
    ASSERT_FALSE(key.has_value());
    EXPECT_EQ(key.error().code, ErrorCode::invalid_argument);
    EXPECT_NE(key.error().message.find(kVariable), std::string::npos);
    EXPECT_EQ(key.error().message.find("secr"), std::string::npos);
  }
}

TEST(Key, SaysWhichVariableIsMissing) {
  ::unsetenv(kVariable);
  const auto key = resolve_key(expert_with_variable());
  ASSERT_FALSE(key.has_value());
  EXPECT_EQ(key.error().code, ErrorCode::not_found);
  EXPECT_NE(key.error().message.find(kVariable), std::string::npos);
}

TEST(Key, HasOneSource) {
  Expert expert = expert_with_variable();
  expert.api_key_file = "key";
  EXPECT_EQ(resolve_key(expert).error().code, ErrorCode::invalid_argument);
}

template <class T>
concept Streamable = requires(std::ostream& out, const T& value) {
  out << value;
};
static_assert(!Streamable<Secret> && !fmt::is_formattable<Secret>::value);
static_assert(!std::is_convertible_v<Secret, std::string_view>);

}  // namespace
}  // namespace ooe::experts
