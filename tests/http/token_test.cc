#include "http/token.h"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "base/rng.h"

namespace ooe::http {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// The obvious version of each.
bool are_equal_names(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}
bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && byte != '\t') || byte == 0x7f;
}
std::size_t place_of_control(std::string_view text, std::size_t from) {
  while (from < text.size() && !is_control(text[from])) ++from;
  return from;
}

TEST(Token, ComparesEachPairOfBytesAtEachPlace) {
  for (const std::size_t size : {1U, 3U, 4U, 7U, 8U, 9U, 16U, 21U}) {
    for (std::size_t place = 0; place < size; ++place) {
      std::string a(size, 'k');
      std::string b(size, 'K');
      for (int i = 0; i < 256; ++i) {
        for (int j = 0; j < 256; ++j) {
          a[place] = static_cast<char>(i);
          b[place] = static_cast<char>(j);
          ASSERT_EQ(equal_names(a, b), are_equal_names(a, b)) << size << " " << i << " " << j;
        }
      }
    }
  }
}

TEST(Token, NamesOfDifferentLengthsAreDifferent) {
  EXPECT_TRUE(equal_names("", ""));
  EXPECT_FALSE(equal_names("host", "hosts"));
  EXPECT_FALSE(equal_names("", "a"));
}

TEST(Token, FindsTheFirstControlCharacterWhereverItIs) {
  Rng rng(3);
  for (int i = 0; i < 20'000; ++i) {
    std::string text(rng.below(80), 'x');
    for (char& c : text) {
      if (rng.below(8) == 0) c = static_cast<char>(rng.below(256));
    }
    const std::size_t from = rng.below(text.size() + 1);
    ASSERT_EQ(find_control(text, from), place_of_control(text, from)) << i;
  }
  for (int byte = 0; byte < 256; ++byte) {
    std::string text(20, 'x');
    text[5] = static_cast<char>(byte);
    EXPECT_EQ(find_control(text), place_of_control(text, 0)) << byte;
  }
}

TEST(Token, KnowsWhatATokenIs) {
  EXPECT_TRUE(is_token("Content-Type"));
  EXPECT_TRUE(is_token("!#$%&'*+-.^_`|~09azAZ"));
  for (const std::string_view bad :
       {"", "a b", "a:", "a\t", "\x80", "(", "a,b", "a/b", "{", "\""}) {
    EXPECT_FALSE(is_token(bad)) << bad;
  }
  EXPECT_EQ(token_length("name: value"), 4U);
  EXPECT_EQ(token_length(": value"), 0U);
}

TEST(Token, TrimsSpacesAndTabsOnly) {
  EXPECT_EQ(without_ows(" \t a b\t "), "a b");
  EXPECT_EQ(without_ows("\t "), "");
  EXPECT_EQ(without_ows("\va\r"), "\va\r");
}

}  // namespace
}  // namespace ooe::http
