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

TEST(Hex, ReadsTheCodeOfAnEscape) {
  EXPECT_EQ(hex_code_at("\\u20aC", 2, 4), 0x20ACU);
  EXPECT_EQ(hex_code_at("%2F", 1, 2), 0x2FU);
  EXPECT_EQ(hex_code_at("ffffffff", 0, 8), 0xFFFFFFFFU);
  EXPECT_EQ(hex_code_at("0000", 0, 4), 0U);
  EXPECT_EQ(hex_code_at("12345", 1, 2), 0x23U) << "no more than it is asked for";
  for (const char* bad : {"", "20a", "20ag", "-0ac", "+0ac", " 0ac", "0x20"}) {
    EXPECT_EQ(hex_code_at(bad, 0, 4), std::nullopt) << bad;
  }
  EXPECT_EQ(hex_code_at("20ac", 1, 4), std::nullopt);
  EXPECT_EQ(hex_code_at("20ac", 5, 1), std::nullopt);
  EXPECT_EQ(hex_code_at("20ac", std::string_view::npos, 4), std::nullopt);
}

}  // namespace
}  // namespace ooe
