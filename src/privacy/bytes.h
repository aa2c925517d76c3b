// Classes of bytes, by table: the detector's inner loops ask nothing else.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ooe::privacy {

enum ByteClass : std::uint8_t {
  kDigit = 1,
  kUpper = 2,
  kLower = 4,
  kHexLetter = 8,  // a to f, either case
  kHigh = 16,      // part of a character outside ASCII
  kBase64 = 32,    // both alphabets, with their padding
  kSpace = 64,
};

namespace detail {
constexpr std::array<std::uint8_t, 256> byte_classes() {
  std::array<std::uint8_t, 256> classes{};
  for (std::size_t c = 0; c < 256; ++c) {
    const bool digit = c >= '0' && c <= '9';
    const bool upper = c >= 'A' && c <= 'Z';
    const bool lower = c >= 'a' && c <= 'z';
    std::uint8_t bits = 0;
    if (digit) bits |= kDigit;
    if (upper) bits |= kUpper;
    if (lower) bits |= kLower;
    if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) bits |= kHexLetter;
    if (c >= 0x80) bits |= kHigh;
    if (digit || upper || lower || c == '+' || c == '/' || c == '-' || c == '_' || c == '=') {
      bits |= kBase64;
    }
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') bits |= kSpace;
    classes[c] = bits;
  }
  return classes;
}
}  // namespace detail

inline constexpr std::array<std::uint8_t, 256> kByteClasses = detail::byte_classes();

constexpr bool is(char c, unsigned classes) {
  return (kByteClasses[static_cast<unsigned char>(c)] & classes) != 0;
}
constexpr bool is_digit(char c) { return is(c, kDigit); }
constexpr bool is_letter(char c) { return is(c, kUpper | kLower); }
constexpr bool is_alnum(char c) { return is(c, kUpper | kLower | kDigit); }
constexpr bool is_hex(char c) { return is(c, kDigit | kHexLetter); }
constexpr bool is_word(char c) { return is_alnum(c) || c == '_'; }
constexpr char lower(char c) { return is(c, kUpper) ? static_cast<char>(c | 0x20) : c; }
constexpr char upper(char c) { return is(c, kLower) ? static_cast<char>(c & ~0x20) : c; }
// Begins a character of three bytes: Chinese, Japanese and Korean letters, between which no spaces
// stand, and typographic marks. Letters of the alphabets in vocabulary.cc have two bytes.
constexpr bool is_wide_lead(char c) {
  return static_cast<unsigned char>(c) >= 0xE1 && static_cast<unsigned char>(c) <= 0xEF;
}

}  // namespace ooe::privacy
