// Two hashes: BLAKE2b (libsodium) where equal hashes must mean equal content, XXH3 where speed
// matters and nobody attacks. Both give the same result on every machine.
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

// XXH3, 64 bits. For features and tables, not for identity.
[[nodiscard]] std::uint64_t fast_hash(std::string_view bytes, std::uint64_t seed = 0);

// Fills 16 bytes from the operating system's generator; for ids and keys that must not be guessed.
[[nodiscard]] std::array<std::uint8_t, 16> random_bytes_128();
// For names that must only never repeat, never for secrets: drawn from the system a few at a time,
// so that most calls cost no system call.
[[nodiscard]] std::array<std::uint8_t, 16> unique_bytes_128();

}  // namespace ooe
