// Classes of bytes, by table: the detector's inner loops ask nothing else. They are those of
// base/ascii.h; questions of several classes at once are one look here.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/ascii.h"
#include "base/hex.h"

namespace ooe::privacy {

enum ByteClass : std::uint8_t {
  kDigit = 1,
  kUpper = 2,
  kLower = 4,
  kHexLetter = 8,  // a to f, either case
  kHigh = 16,      // part of a character outside ASCII
  kBase64 = 32,    // both alphabets, with their padding
  kSpace = 64,
  kColon = 128,
};

namespace detail {
constexpr std::array<std::uint8_t, 256> byte_classes() {
  std::array<std::uint8_t, 256> classes{};
  for (std::size_t c = 0; c < 256; ++c) {
    const auto byte = static_cast<char>(c);
    std::uint8_t bits = 0;
    if (ooe::is_digit(byte)) bits |= kDigit;
    if (ooe::is_upper(byte)) bits |= kUpper;
    if (ooe::is_lower(byte)) bits |= kLower;
    if (ooe::hex_digit(byte) >= 10) bits |= kHexLetter;
    if (ooe::is_beyond_ascii(byte)) bits |= kHigh;
    if (ooe::is_alnum(byte) || std::string_view("+/-_=").find(byte) != std::string_view::npos) {
      bits |= kBase64;
    }
    if (ooe::is_blank(byte)) bits |= kSpace;
    if (byte == ':') bits |= kColon;
    classes[c] = bits;
  }
  return classes;
}
constexpr std::array<bool, 256> starts() {
  const std::array<std::uint8_t, 256> classes = byte_classes();  // once: clang counts the steps
  std::array<bool, 256> starts{};
  for (std::size_t c = 0; c < 256; ++c) {
    const unsigned kinds = kDigit | kUpper | kLower | kHigh | kColon;
    starts[c] = (classes[c] & kinds) != 0;
  }
  for (const char mark : std::string_view("@%-\"'+("))
    starts[static_cast<std::size_t>(mark)] = true;
  return starts;
}
constexpr std::array<bool, 256> in_names() {
  const std::array<std::uint8_t, 256> classes = byte_classes();
  std::array<bool, 256> in{};
  for (std::size_t c = 0; c < 256; ++c) {
    in[c] = (classes[c] & (kDigit | kUpper | kLower | kHigh)) != 0;
  }
  for (const char separator : std::string_view("_-. "))
    in[static_cast<std::size_t>(separator)] = true;
  return in;
}
}  // namespace detail

inline constexpr std::array<std::uint8_t, 256> kByteClasses = detail::byte_classes();

inline constexpr std::array<bool, 256> kCanStart = detail::starts();

inline constexpr std::array<bool, 256> kInNames = detail::in_names();

constexpr bool is(char c, unsigned classes) {
  return (kByteClasses[static_cast<unsigned char>(c)] & classes) != 0;
}
// Whether a scanner of scan.h looks at such a byte.
constexpr bool can_start(char c) { return kCanStart[static_cast<unsigned char>(c)]; }
// Whether scan_field takes it for a part of a JSON member's name, separators included.
constexpr bool is_in_name(char c) { return kInNames[static_cast<unsigned char>(c)]; }
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

// Begins a sign of Latin-1, U+0080 to U+00BF: no letter of a word; one is a space, U+00A0.
constexpr bool is_sign_lead(char c) { return c == '\xC2'; }

// What stands between the groups of a number and is no sign of ASCII.
struct GroupMark {
  char kind = '\0';  // ' ' or '-', which it is a kind of; 0: none
  std::size_t size = 0;
};
// Spaces that do not break (U+00A0, U+202F) or are thin (U+2007 to U+200A), hyphens and dashes
// (U+2010 to U+2014), and the minus sign.
constexpr GroupMark group_mark_at(std::string_view text, std::size_t at) {
  if (at + 2 < text.size() && text[at] == '\xE2') {
    const auto last = static_cast<unsigned char>(text[at + 2]);
    if (text[at + 1] == '\x80') {
      if (last == 0xAF || (last >= 0x87 && last <= 0x8A)) return {' ', 3};
      if (last >= 0x90 && last <= 0x94) return {'-', 3};
    }
    if (text[at + 1] == '\x88' && last == 0x92) return {'-', 3};
  } else if (at + 1 < text.size() && text[at] == '\xC2' && text[at + 1] == '\xA0') {
    return {' ', 2};
  }
  return {};
}

// The eight bytes at `at`, the first lowest; zeros beyond the end.
inline std::uint64_t eight_bytes(std::string_view text, std::size_t at) {
  static_assert(std::endian::native == std::endian::little, "the first byte is the lowest");
  std::uint64_t word = 0;
  if (at + 8 <= text.size()) {
    std::memcpy(&word, text.data() + at, 8);
  } else if (at < text.size()) {
    std::memcpy(&word, text.data() + at, text.size() - at);
  }
  return word;
}

// How many digits stand at `at`. Eight bytes at a time: the lengths of numbers are what a branch
// predictor guesses worst.
inline std::size_t count_digits(std::string_view text, std::size_t at) {
  for (std::size_t end = at;; end += 8) {
    // Digits become 0 to 9; adding 0x76 to a byte sets its highest bit when it was more.
    const std::uint64_t word = eight_bytes(text, end) ^ 0x3030'3030'3030'3030U;
    const std::uint64_t others =
        (((word & 0x7F7F'7F7F'7F7F'7F7FU) + 0x7676'7676'7676'7676U) | word) &
        0x8080'8080'8080'8080U;
    if (others != 0) return end - at + static_cast<std::size_t>(std::countr_zero(others)) / 8;
  }
}

}  // namespace ooe::privacy
