// Where the characters of UTF-8 begin, byte by byte. What they mean is base/unicode.h's.
#pragma once

#include <cstddef>
#include <string_view>

namespace ooe {

// Whether the byte is one of a character, and not its first.
[[nodiscard]] constexpr bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

// Returns the front of `text`, of at most `bytes_max`, that ends where a character does: a view into
// it.
[[nodiscard]] constexpr std::string_view whole_characters(std::string_view text,
                                                          std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  while (bytes_max > 0 && continues_character(text[bytes_max])) --bytes_max;
  return text.substr(0, bytes_max);
}

}  // namespace ooe
