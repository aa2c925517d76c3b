#include "base/hex.h"

#include <array>
#include <cstdint>

#include <gtest/gtest.h>

namespace ooe {
namespace {

TEST(Hex, OfEveryByteIsReadBack) {
  std::array<std::uint8_t, 256> bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i);
  const std::string hex = hex_of(bytes);
  EXPECT_EQ(hex.substr(0, 6), "000102");
  EXPECT_EQ(hex.substr(508), "feff");
  EXPECT_EQ(bytes_of_hex(hex), std::string(bytes.begin(), bytes.end()));
}

TEST(Hex, RefusesHalfABytesAndOtherLetters) {
  EXPECT_EQ(bytes_of_hex("aB"), "\xab");
  EXPECT_EQ(bytes_of_hex(""), "");
  for (const char* bad : {"a", "abc", "0g", "g0", " 0", "+1", "-1", "0x"}) {
    EXPECT_EQ(bytes_of_hex(bad), std::nullopt) << bad;
  }
}

TEST(Hex, KnowsItsDigits) {
  EXPECT_EQ(hex_digit('0'), 0);
  EXPECT_EQ(hex_digit('9'), 9);
  EXPECT_EQ(hex_digit('a'), 10);
  EXPECT_EQ(hex_digit('F'), 15);
  for (const char bad : {'/', ':', '@', 'G', '`', 'g', '\x80'})
    EXPECT_EQ(hex_digit(bad), -1) << bad;
}

}  // namespace
}  // namespace ooe
