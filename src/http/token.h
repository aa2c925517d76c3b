// Which bytes HTTP's names and values may hold (RFC 9110, 5.5 and 5.6.2), and when two names are
// the same. Whoever reads a head, writes one or looks into a value asks the same questions.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "base/ascii.h"

namespace ooe::http {

// Requires: both hold `size` bytes. Use equal_names().
[[nodiscard]] bool equal_but_for_case(const char* a, const char* b, std::size_t size);

// Header names and tokens are equal when they differ only in ASCII case. Most names asked for are
// told apart by their lengths, at the place that asks.
[[nodiscard]] inline bool equal_names(std::string_view a, std::string_view b) {
  return a.size() == b.size() && equal_but_for_case(a.data(), b.data(), a.size());
}

inline constexpr std::array<bool, 256> kTokenBytes = [] {
  std::array<bool, 256> bytes{};
  for (const char c : std::string_view("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                                       "ABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
    bytes[static_cast<unsigned char>(c)] = true;
  }
  return bytes;
}();

// How many bytes of a token the text begins with.
[[nodiscard]] inline std::size_t token_length(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size() && kTokenBytes[static_cast<unsigned char>(text[length])]) ++length;
  return length;
}
[[nodiscard]] inline bool is_token(std::string_view text) {
  return !text.empty() && token_length(text) == text.size();
}

// Returns the place of the first byte at or behind `from` that no value of a header may hold: a
// control character other than the tab. Returns the text's size when there is none.
[[nodiscard]] std::size_t find_control(std::string_view text, std::size_t from = 0);

// Without the spaces and tabs around it (OWS: RFC 9110, 5.6.3). No end of a line is white space of
// a value.
[[nodiscard]] inline std::string_view without_ows(std::string_view text) {
  return trimmed(text, [](char c) { return c == ' ' || c == '\t'; });
}

}  // namespace ooe::http
