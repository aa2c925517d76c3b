// Words of a normalised text (base/unicode.h): runs of ASCII letters and digits and of any bytes
// beyond ASCII. So punctuation and spaces separate, "3.14" is two words, and text of every script
// has words without a table of scripts; scripts that write no spaces get long ones.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/ascii.h"

namespace ooe::encoder {

// Returns the first word of `rest` and drops it with what comes before; empty at the end.
[[nodiscard]] constexpr std::string_view next_word(std::string_view& rest) {
  std::size_t begin = 0;
  while (begin < rest.size() && !is_word_byte(rest[begin])) ++begin;
  std::size_t end = begin;
  while (end < rest.size() && is_word_byte(rest[end])) ++end;
  const std::string_view word = rest.substr(begin, end - begin);
  rest.remove_prefix(end);
  return word;
}

}  // namespace ooe::encoder
