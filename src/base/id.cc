#include "base/id.h"

#include <cstring>

#include "base/hex.h"

namespace ooe::detail {

std::string id_to_hex(const std::array<std::uint8_t, 16>& bytes) { return hex_of(bytes); }

Result<std::array<std::uint8_t, 16>> id_from_hex(std::string_view hex) {
  std::array<std::uint8_t, 16> id{};
  const auto bytes = bytes_of_hex(hex);
  if (!bytes || bytes->size() != id.size()) {
    return fail(ErrorCode::invalid_argument, "'{}' is not an id of 32 hexadecimal digits",
                hex.substr(0, 40));
  }
  std::memcpy(id.data(), bytes->data(), id.size());
  return id;
}

std::uint64_t id_low_bits(const std::array<std::uint8_t, 16>& bytes) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, bytes.data(), sizeof bits);
  return bits;
}

}  // namespace ooe::detail
