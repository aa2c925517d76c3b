// Bytes as hexadecimal digits and back.
#pragma once

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

// Nothing unless `hex` is an even number of hexadecimal digits, in either case.
[[nodiscard]] std::optional<std::string> bytes_of_hex(std::string_view hex);

}  // namespace ooe
