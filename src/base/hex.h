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

// Nothing unless `hex` is an even number of hexadecimal digits, in either case.
[[nodiscard]] std::optional<std::string> bytes_of_hex(std::string_view hex);

}  // namespace ooe
