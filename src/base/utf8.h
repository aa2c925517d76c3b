// Where the characters of UTF-8 begin, byte by byte, and how one is written. What they mean is
// base/unicode.h's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
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

// UTF-16, and JSON's \u with it, writes a code point above U+FFFF as a pair of these, the high one
// first. Neither is a character by itself.
[[nodiscard]] constexpr bool is_high_surrogate(std::uint32_t code) {
  return code >= 0xD800 && code < 0xDC00;
}
[[nodiscard]] constexpr bool is_low_surrogate(std::uint32_t code) {
  return code >= 0xDC00 && code < 0xE000;
}

// Appends 1 to 4 bytes. Requires: at most U+10FFFF. A surrogate is written as its three bytes,
// which is no UTF-8.
inline void append_utf8(std::uint32_t code_point, std::string& text) {
  const auto put = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
  if (code_point < 0x80) return put(code_point);
  if (code_point < 0x800) {
    put(0xC0U | code_point >> 6U);
  } else {
    if (code_point < 0x10000) {
      put(0xE0U | code_point >> 12U);
    } else {
      put(0xF0U | code_point >> 18U);
      put(0x80U | (code_point >> 12U & 0x3FU));
    }
    put(0x80U | (code_point >> 6U & 0x3FU));
  }
  put(0x80U | (code_point & 0x3FU));
}

}  // namespace ooe
