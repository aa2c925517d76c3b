// XXH3, 64 bits: for features and tables, not for identity. The same result on every machine. In a
// header, because of the few bytes most callers hash the call was half the cost, and where the
// compiler sees how many they are, little is left.
#pragma once

#include <cstdint>
#include <string_view>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace ooe {

[[nodiscard]] inline std::uint64_t fast_hash(std::string_view bytes, std::uint64_t seed = 0) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

}  // namespace ooe
