#include <chrono>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "base/unicode.h"

namespace ooe {
namespace {

TEST(Normalise, FoldsFormsCaseAndWhiteSpace) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", ""},
      {" \t\r\n ", ""},
      {"  Hello\n\nWORLD ", "hello world"},
      {"Stra\xC3\x9F"
       "e",
       "strasse"},
      {"\xEF\xAC\x81sh", "fish"},    // U+FB01, the ligature fi
      {"e\xCC\x81", "\xC3\xA9"},     // e and U+0301 compose
      {"a\xE2\x80\x83 b", "a b"},    // U+2003, em space
      {"A\xFFz", "a\xEF\xBF\xBDz"},  // not UTF-8
      {"\xEF\xB7\xBA",
       "\xD8\xB5\xD9\x84\xD9\x89 \xD8\xA7\xD9\x84\xD9\x84\xD9\x87 "
       "\xD8\xB9\xD9\x84\xD9\x8A\xD9\x87 \xD9\x88\xD8\xB3\xD9\x84\xD9\x85"}};
  Normaliser normalise;
  for (const auto& [text, expected] : cases) {
    SCOPED_TRACE(text);
    EXPECT_EQ(normalise_text(text), expected);
    EXPECT_EQ(normalise(text), expected) << "with warm buffers";
    EXPECT_EQ(normalise_text(expected), expected) << "normal text stays";
  }
}

// Sorting marks takes time with the square of a run's length: unbounded, this takes minutes.
TEST(Normalise, IsLinearInAMegabyteOfUnsortedMarks) {
  std::string marks = "a";
  for (int i = 0; i < 250'000; ++i) marks += "\xCC\x81";  // above, class 230
  for (int i = 0; i < 250'000; ++i) marks += "\xCC\xA3";  // below, class 220: sorts before
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(normalise_text(marks).empty());
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

}  // namespace
}  // namespace ooe
