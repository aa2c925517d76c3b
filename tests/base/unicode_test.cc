#include "base/unicode.h"

#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "base/rng.h"

namespace ooe {
namespace {

using namespace std::string_view_literals;

TEST(Unicode, AcceptsEveryLengthOfUtf8) {
  for (const std::string_view text :
       {""sv, "a"sv, "\0"sv, "\x7f"sv, "\xC2\x80"sv, "\xDF\xBF"sv, "\xE0\xA0\x80"sv,
        "\xED\x9F\xBF"sv, "\xEE\x80\x80"sv, "\xEF\xBF\xBF"sv, "\xF0\x90\x80\x80"sv,
        "\xF4\x8F\xBF\xBF"sv, "na\xC3\xAFve"sv}) {
    EXPECT_TRUE(is_valid_utf8(text)) << testing::PrintToString(text);
  }
}

TEST(Unicode, RefusesOverlongFormsSurrogatesAndHalfCharacters) {
  for (const std::string_view text :
       {"\x80"sv, "\xC0\x80"sv, "\xC1\xBF"sv, "\xC3"sv, "a\xC3"sv, "\xE0\x80\x80"sv,
        "\xE0\x9F\xBF"sv, "\xE2\x82"sv, "\xED\xA0\x80"sv, "\xED\xBF\xBF"sv, "\xF0\x8F\xBF\xBF"sv,
        "\xF0\x9F\x98"sv, "\xF4\x90\x80\x80"sv, "\xF5\x80\x80\x80"sv, "\xFE"sv, "\xFF"sv,
        "\xC3\x28"sv}) {
    EXPECT_FALSE(is_valid_utf8(text)) << testing::PrintToString(text);
  }
}

TEST(Unicode, WritesEqualTextsEqually) {
  const std::pair<std::string_view, std::string_view> kCases[] = {
      {"", ""},
      {" \t\r\n", ""},
      {"  Hello,\n\tWorld ", "hello, world"},
      {"\xC3\x89t\xC3\xA9", "\xC3\xA9t\xC3\xA9"},  // upper case beyond ASCII
      {"e\xCC\x81", "\xC3\xA9"},                   // composed and decomposed
      {"Stra\xC3\x9F"
       "e",
       "strasse"},                         // folding, not lower case
      {"\xEF\xAC\x81t", "fit"},            // ligature
      {"\xEF\xBC\xA1\xEF\xBC\x91", "a1"},  // full width
      {"x\xC2\xB2", "x2"},                 // superscript
      {"a\xC2\xA0\xE3\x80\x80\xE2\x80\xA8"
       "b",
       "a b"},                                   // no-break, ideographic, line separator
      {"\xC2\x85z\xC2\x85", "z"},                // next line
      {"\xCE\xA3\xCF\x82", "\xCF\x83\xCF\x83"},  // both small sigmas
      {"a\xFF"
       "b",
       "a\xEF\xBF\xBD"
       "b"},                                     // not UTF-8
      {"\xE2\x82", "\xEF\xBF\xBD\xEF\xBF\xBD"},  // cut in the middle, byte by byte
  };
  for (const auto& [text, normal] : kCases) {
    EXPECT_EQ(normalise_text(text), normal) << testing::PrintToString(text);
  }
}

// Pure ASCII takes a path of its own; the long way must agree with it.
TEST(Unicode, TreatsAsciiLikeTheRest) {
  for (int c = 0; c < 0x80; ++c) {
    const std::string around = std::string("x") + static_cast<char>(c) + "y";
    EXPECT_EQ(normalise_text("\xC3\xA9" + around), "\xC3\xA9" + normalise_text(around)) << c;
  }
}

// So does a block of bytes with nothing special in it: wherever the special one stands, and
// whatever stands beside it, the answer is that of the long way.
TEST(Unicode, TreatsSixtyFourBytesLikeOne) {
  const std::string_view kSpecial = "  A\tZ@[`z{/\x7f\x1f\0 \n"sv;
  Rng rng(7);
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    const std::uint64_t size = rng.below(260);
    const std::uint64_t seldom = 3 + rng.below(100);
    for (std::uint64_t i = 0; i < size; ++i) {
      text += rng.below(seldom) == 0 ? kSpecial[rng.below(kSpecial.size())] : 'q';
    }
    ASSERT_EQ("\xC3\xA9" + normalise_text("x" + text), normalise_text("\xC3\xA9x" + text))
        << testing::PrintToString(text);
  }
}

}  // namespace
}  // namespace ooe
