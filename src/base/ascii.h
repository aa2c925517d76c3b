// Letters, digits and blanks of ASCII, byte by byte and without a locale. A byte beyond ASCII is
// part of a character of UTF-8; it is no letter here, but it belongs to a word.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace ooe {

[[nodiscard]] constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
[[nodiscard]] constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
[[nodiscard]] constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
[[nodiscard]] constexpr bool is_alpha(char c) { return is_lower(c) || is_upper(c); }
[[nodiscard]] constexpr bool is_beyond_ascii(char c) {
  return static_cast<unsigned char>(c) >= 0x80;
}

// By byte; a look at a table instead of four comparisons.
inline constexpr std::array<bool, 256> kIsWordByte = [] {
  std::array<bool, 256> is{};
  for (std::size_t byte = 0; byte < is.size(); ++byte) {
    const auto c = static_cast<char>(byte);
    is[byte] = is_alpha(c) || is_digit(c) || is_beyond_ascii(c);
  }
  return is;
}();

// Part of a word: a letter, a digit, or any byte beyond ASCII, so that words of every script are
// words without a table of scripts.
[[nodiscard]] constexpr bool is_word_byte(char c) {
  return kIsWordByte[static_cast<unsigned char>(c)];
}

// Returns the byte in lower case; what is no ASCII letter stays.
[[nodiscard]] constexpr char lower_byte(char c) {
  return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
}

// Returns the text with its ASCII letters in lower case, as long as it was: places in one are
// places in the other. base/unicode.h folds the case of all scripts.
[[nodiscard]] inline std::string ascii_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = lower_byte(c);
  return lower;
}

// Returns `text` without the bytes of `blanks` at its ends, a view into it. Which bytes are blanks
// is the format's business (HTTP knows two, a file of lines has "\r" at their ends), so whoever
// calls says so.
[[nodiscard]] constexpr std::string_view trimmed(std::string_view text, std::string_view blanks) {
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace ooe
