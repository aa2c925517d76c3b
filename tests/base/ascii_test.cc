#include "base/ascii.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace ooe {
namespace {

// Every byte, beside a list of those that are meant.
TEST(Ascii, KnowsItsLettersAndDigits) {
  const std::string digits = "0123456789";
  const std::string small = "abcdefghijklmnopqrstuvwxyz";
  const std::string capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  for (int byte = 0; byte < 256; ++byte) {
    SCOPED_TRACE(byte);
    const auto c = static_cast<char>(byte);
    const bool digit = digits.find(c) != std::string::npos;
    const std::size_t capital = capitals.find(c);
    const bool upper = capital != std::string::npos;
    const bool lower = small.find(c) != std::string::npos;
    EXPECT_EQ(is_digit(c), digit);
    EXPECT_EQ(is_upper(c), upper);
    EXPECT_EQ(is_lower(c), lower);
    EXPECT_EQ(is_alpha(c), upper || lower);
    EXPECT_EQ(is_alnum(c), digit || upper || lower);
    EXPECT_EQ(is_beyond_ascii(c), byte >= 128);
    EXPECT_EQ(is_word_byte(c), digit || upper || lower || byte >= 128);
    EXPECT_EQ(lower_byte(c), upper ? small[capital] : c);
    EXPECT_EQ(upper_byte(c), lower ? capitals[small.find(c)] : c);
  }
}

TEST(Ascii, LowersAsciiOnlyAndKeepsPlaces) {
  EXPECT_EQ(ascii_lower("The ANSWER: 4 [Z@"), "the answer: 4 [z@");
  EXPECT_EQ(ascii_lower("\xC3\x84pfel \xE2\x84\xAA"), "\xC3\x84pfel \xE2\x84\xAA");  // Kelvin
  EXPECT_EQ(ascii_lower(""), "");
}

TEST(Ascii, KnowsTheBlanksOfJsonAndTheSpaceOfC) {
  for (int byte = 0; byte < 256; ++byte) {
    SCOPED_TRACE(byte);
    const auto c = static_cast<char>(byte);
    EXPECT_EQ(is_blank(c), kBlanks.find(c) != std::string_view::npos);
    EXPECT_EQ(is_space(c), std::string_view(" \t\n\v\f\r").find(c) != std::string_view::npos);
  }
}

TEST(Ascii, TrimsTheBytesItIsTold) {
  const auto is_ows = [](char c) { return c == ' ' || c == '\t'; };
  EXPECT_EQ(trimmed(" \t a b\r\n", is_blank), "a b");
  EXPECT_EQ(trimmed(" \t a b\r\n", is_ows), "a b\r\n");
  EXPECT_EQ(trimmed("\va", is_blank), "\va");
  EXPECT_EQ(trimmed(" \r\n", is_blank), "");
  EXPECT_EQ(trimmed("", is_blank), "");
  EXPECT_EQ(trimmed_end(" a \n", is_blank), " a");
  EXPECT_EQ(trimmed_end(" \n", is_blank), "");
}

TEST(Ascii, TrimsToAViewOfTheText) {
  constexpr std::string_view kText = "  a b ";
  constexpr std::string_view kTrimmed = trimmed(kText, is_blank);
  static_assert(kTrimmed == "a b");
  EXPECT_EQ(kTrimmed.data(), kText.data() + 2);
}

}  // namespace
}  // namespace ooe
