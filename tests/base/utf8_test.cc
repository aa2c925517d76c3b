#include "base/utf8.h"

#include <iterator>
#include <string_view>

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace ooe
