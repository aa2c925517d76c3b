// Text to hashed tf-idf: words and pairs of neighbouring words, hashed to 2^hash_bits buckets, each
// weighted (1 + log tf) * idf, the vector scaled to unit length. Buckets no training text hit are
// left out, so a vector describes only what the models can know something about.
//   idf = 1 + log((1 + n) / (1 + df)), n texts of which df have the bucket
// Source: feature hashing, Weinberger et al. 2009; the weighting is the common "ltc" of SMART.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/unicode.h"
#include "encoder/features.h"

namespace ooe::encoder {

inline constexpr std::uint32_t kHashBitsMax = 20;

struct NgramOptions {
  std::uint32_t hash_bits = 16;  // 1 to kHashBitsMax; more: fewer collisions, a larger model
};

// Working memory of encode(); kept by the caller, so that a warm call allocates nothing.
struct NgramScratch {
  Normaliser normalise;
  std::vector<std::uint32_t> count;  // [width], zero between calls
};

class NgramEncoder {
 public:
  // Learns which buckets occur and their idf. Requires: hash_bits in [1, kHashBitsMax].
  [[nodiscard]] static NgramEncoder fit(std::span<const std::string_view> texts,
                                        const NgramOptions& options);

  // From a file: `buckets` strictly ascending and below 2^hash_bits, one idf each. The caller has
  // checked that; it is a programmer's error here.
  NgramEncoder(std::uint32_t hash_bits, std::vector<std::uint32_t> buckets, std::vector<float> idf);

  // Fills `out`, indices in [0, width()). Cost: linear in the text.
  void encode(std::string_view text, NgramScratch& scratch, SparseVector& out) const;

  [[nodiscard]] std::size_t width() const { return buckets_.size(); }
  [[nodiscard]] std::uint32_t hash_bits() const { return hash_bits_; }
  [[nodiscard]] std::span<const std::uint32_t> buckets() const { return buckets_; }
  [[nodiscard]] std::span<const float> idf() const { return idf_; }

 private:
  std::uint32_t hash_bits_ = 0;
  std::vector<std::uint32_t>
      buckets_;                      // known ones, ascending; a feature's index is its place here
  std::vector<float> idf_;           // [width]
  std::vector<std::uint32_t> slot_;  // [2^hash_bits]: place in buckets_, or kUnknown
};

}  // namespace ooe::encoder
