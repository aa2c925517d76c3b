// BLAKE2b (libsodium): where equal hashes must mean equal content. The same result on every
// machine. Where speed matters and nobody attacks, base/fast_hash.h.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace ooe {

[[nodiscard]] std::array<std::uint8_t, 16> blake2b_128(std::string_view bytes);

// BLAKE2b-128 under a secret key of 16 to 64 bytes: who does not have the key can neither make nor
// check a hash.
[[nodiscard]] std::array<std::uint8_t, 16> keyed_blake2b_128(std::string_view key,
                                                             std::string_view bytes);

// Takes as long for hashes that differ in the first byte as for equal ones.
[[nodiscard]] bool equal_in_constant_time(const std::array<std::uint8_t, 16>& a,
                                          const std::array<std::uint8_t, 16>& b);

// Fills 16 bytes from the operating system's generator; for ids and keys that must not be guessed.
[[nodiscard]] std::array<std::uint8_t, 16> random_bytes_128();
// For names that must only never repeat, never for secrets: drawn from the system a few at a time,
// so that most calls cost no system call.
[[nodiscard]] std::array<std::uint8_t, 16> unique_bytes_128();

}  // namespace ooe
