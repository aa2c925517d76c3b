#include "base/utf8.h"

#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "base/unicode.h"

namespace ooe {
namespace {

TEST(Utf8, TellsFirstBytesFromTheOthers) {
  for (int byte = 0; byte < 256; ++byte) {
    EXPECT_EQ(continues_character(static_cast<char>(byte)), byte >= 0x80 && byte < 0xC0) << byte;
  }
}

TEST(Utf8, CutsBetweenCharacters) {
  constexpr std::string_view kText = "a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x99\x82";  // 1, 2, 3, 4 bytes
  constexpr std::size_t kEnds[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};
  for (std::size_t bytes_max = 0; bytes_max < std::size(kEnds); ++bytes_max) {
    EXPECT_EQ(whole_characters(kText, bytes_max), kText.substr(0, kEnds[bytes_max])) << bytes_max;
  }
  EXPECT_EQ(whole_characters("\x80\x80\x80", 2), "") << "what is no UTF-8 has no whole character";
}

TEST(Utf8, WritesEveryCodePoint) {
  std::string text;
  for (const std::uint32_t point :
       {0U, 0x7FU, 0x80U, 0x7FFU, 0x800U, 0xFFFDU, 0xFFFFU, 0x10000U, 0x1F642U, 0x10FFFFU}) {
    append_utf8(point, text);
  }
  using namespace std::string_view_literals;
  EXPECT_EQ(text,
            "\0\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBD\xEF\xBF\xBF"
            "\xF0\x90\x80\x80\xF0\x9F\x99\x82\xF4\x8F\xBF\xBF"sv);
  for (std::uint32_t point = 0; point <= 0x10FFFF; ++point) {
    text.clear();
    append_utf8(point, text);
    const bool is_half = is_high_surrogate(point) || is_low_surrogate(point);
    ASSERT_EQ(is_valid_utf8(text), !is_half) << point;
    ASSERT_EQ(whole_characters(text + text, text.size()), text) << point;
  }
}

TEST(Utf8, TellsTheHalvesOfAPair) {
  for (const std::uint32_t neither : {0U, 0xD7FFU, 0xE000U, 0xFFFDU, 0x1D800U}) {
    EXPECT_FALSE(is_high_surrogate(neither) || is_low_surrogate(neither)) << neither;
  }
  for (const std::uint32_t high : {0xD800U, 0xD83DU, 0xDBFFU}) {
    EXPECT_TRUE(is_high_surrogate(high) && !is_low_surrogate(high)) << high;
  }
  for (const std::uint32_t low : {0xDC00U, 0xDE42U, 0xDFFFU}) {
    EXPECT_TRUE(is_low_surrogate(low) && !is_high_surrogate(low)) << low;
  }
}

}  // namespace
}  // namespace ooe
