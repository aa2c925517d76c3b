// Bytes as hexadecimal digits and back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ooe {

// Returns two lower-case digits a byte.
[[nodiscard]] std::string hex_of(std::span<const std::uint8_t> bytes);

// Returns the value of a hexadecimal digit of either case; -1 for any other byte.
[[nodiscard]] constexpr int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Returns the number that the `digits` hexadecimal digits at `at` write, as behind the \u of an
// escape; nothing where there are fewer. Requires: at most 8 digits.
[[nodiscard]] constexpr std::optional<std::uint32_t> hex_code_at(std::string_view text,
                                                                 std::size_t at,
                                                                 std::size_t digits) {
  if (at > text.size() || text.size() - at < digits) return std::nullopt;
  std::uint32_t code = 0;
  for (const char c : text.substr(at, digits)) {
    const int digit = hex_digit(c);
    if (digit < 0) return std::nullopt;
    code = code << 4U | static_cast<std::uint32_t>(digit);
  }
  return code;
}

// Nothing unless `hex` is an even number of hexadecimal digits, in either case.
[[nodiscard]] std::optional<std::string> bytes_of_hex(std::string_view hex);

}  // namespace ooe
