#include "base/id.h"

#include <cstring>

namespace ooe::detail {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string id_to_hex(const std::array<std::uint8_t, 16>& bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex(2 * bytes.size(), '0');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    hex[2 * i] = kDigits[bytes[i] >> 4U];
    hex[2 * i + 1] = kDigits[bytes[i] & 15U];
  }
  return hex;
}

Result<std::array<std::uint8_t, 16>> id_from_hex(std::string_view hex) {
  std::array<std::uint8_t, 16> bytes{};
  bool ok = hex.size() == 2 * bytes.size();
  for (std::size_t i = 0; ok && i < bytes.size(); ++i) {
    const int high = hex_digit(hex[2 * i]);
    const int low = hex_digit(hex[2 * i + 1]);
    ok = high >= 0 && low >= 0;
    bytes[i] = static_cast<std::uint8_t>(16 * high + low);
  }
  if (!ok) {
    return fail(ErrorCode::invalid_argument, "'{}' is not an id of 32 hexadecimal digits",
                hex.substr(0, 40));
  }
  return bytes;
}

std::uint64_t id_low_bits(const std::array<std::uint8_t, 16>& bytes) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, bytes.data(), sizeof bits);
  return bits;
}

}  // namespace ooe::detail
