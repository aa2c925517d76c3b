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
[[nodiscard]] constexpr bool is_alnum(char c) { return is_alpha(c) || is_digit(c); }
[[nodiscard]] constexpr bool is_beyond_ascii(char c) {
  return static_cast<unsigned char>(c) >= 0x80;
}

// By byte; a look at a table instead of four comparisons.
inline constexpr std::array<bool, 256> kIsWordByte = [] {
  std::array<bool, 256> is{};
  for (std::size_t byte = 0; byte < is.size(); ++byte) {
    const auto c = static_cast<char>(byte);
    is[byte] = is_alnum(c) || is_beyond_ascii(c);
  }
  return is;
}();

// Part of a word: a letter, a digit, or any byte beyond ASCII, so that words of every script are
// words without a table of scripts.
[[nodiscard]] constexpr bool is_word_byte(char c) {
  return kIsWordByte[static_cast<unsigned char>(c)];
}

// Returns the byte in lower or upper case; what is no ASCII letter stays.
[[nodiscard]] constexpr char lower_byte(char c) {
  return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
}
[[nodiscard]] constexpr char upper_byte(char c) {
  return is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c;
}

// Returns the text with its ASCII letters in lower case, as long as it was: places in one are
// places in the other. base/unicode.h folds the case of all scripts.
[[nodiscard]] inline std::string ascii_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = lower_byte(c);
  return lower;
}

// The blanks of JSON (RFC 8259, 2), of lines and what stands around them: space, tab and the ends
// of lines. HTTP has fewer of its own (http/token.h).
inline constexpr std::string_view kBlanks = " \t\r\n";
[[nodiscard]] constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// White space of prose, as isspace() has it: the blanks, vertical tab and form feed.
[[nodiscard]] constexpr bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// Return `text` without the bytes at its end, or at both ends, of which `drop` says yes: a view
// into it. Which those are is the format's business, so whoever calls says so.
template <class Drop>
[[nodiscard]] constexpr std::string_view trimmed_end(std::string_view text, Drop drop) {
  while (!text.empty() && drop(text.back())) text.remove_suffix(1);
  return text;
}
template <class Drop>
[[nodiscard]] constexpr std::string_view trimmed(std::string_view text, Drop drop) {
  while (!text.empty() && drop(text.front())) text.remove_prefix(1);
  return trimmed_end(text, drop);
}

}  // namespace ooe
