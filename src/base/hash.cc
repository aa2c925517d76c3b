#include "base/hash.h"

#include <sodium.h>

#include "base/check.h"

namespace ooe {

std::array<std::uint8_t, 16> blake2b_128(std::string_view bytes) {
  std::array<std::uint8_t, 16> hash{};
  const int failed = crypto_generichash_blake2b(
      hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
      nullptr, 0);
  OOE_CHECK(failed == 0, "BLAKE2b takes every input");
  return hash;
}

std::array<std::uint8_t, 16> keyed_blake2b_128(std::string_view key, std::string_view bytes) {
  OOE_CHECK(key.size() >= crypto_generichash_blake2b_KEYBYTES_MIN &&
                key.size() <= crypto_generichash_blake2b_KEYBYTES_MAX,
            "a key has 16 to 64 bytes");
  std::array<std::uint8_t, 16> hash{};
  const int failed = crypto_generichash_blake2b(
      hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
      reinterpret_cast<const unsigned char*>(key.data()), key.size());
  OOE_CHECK(failed == 0, "BLAKE2b takes every input");
  return hash;
}

bool equal_in_constant_time(const std::array<std::uint8_t, 16>& a,
                            const std::array<std::uint8_t, 16>& b) {
  return sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::array<std::uint8_t, 16> random_bytes_128() {
  static const bool ready = sodium_init() >= 0;
  OOE_CHECK(ready, "libsodium finds a source of random numbers");
  std::array<std::uint8_t, 16> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  return bytes;
}

std::array<std::uint8_t, 16> unique_bytes_128() {
  thread_local std::array<std::array<std::uint8_t, 16>, 16> drawn;
  thread_local std::size_t left = 0;
  if (left == 0) {
    static const bool ready = sodium_init() >= 0;
    OOE_CHECK(ready, "libsodium finds a source of random numbers");
    randombytes_buf(drawn.data(), sizeof(drawn));
    left = drawn.size();
  }
  return drawn[--left];
}

}  // namespace ooe
