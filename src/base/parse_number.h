// Numbers out of text that holds nothing else: no space, no "+" and no "0x" before one, no unit
// behind one. What reads a number off the beginning of a longer text uses std::from_chars itself.
#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>
#include <system_error>

namespace ooe {

// Returns nothing unless the whole text is one number that T can hold; a T without a sign takes no
// "-", either.
template <std::integral T>
[[nodiscard]] std::optional<T> parse_number(std::string_view text, int base = 10) {
  T value{};
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value, base);
  if (error != std::errc() || rest != end) return std::nullopt;
  return value;
}

// The same. "nan", "inf" and "infinity" are numbers in any case of letters; what is too large for
// T, or too small to be told from 0, is none. `fixed` takes no exponent.
template <std::floating_point T>
[[nodiscard]] std::optional<T> parse_number(std::string_view text,
                                            std::chars_format format = std::chars_format::general) {
  T value{};
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value, format);
  if (error != std::errc() || rest != end) return std::nullopt;
  return value;
}

}  // namespace ooe
