// Text to hashed tf-idf. Two kinds of n-gram:
//   words       words and pairs of neighbouring words
//   characters  3 to 5 characters in a row inside a word padded with a space on either side, so
//   that
//               beginnings, endings and punctuation count and spelling variants share most of them
// Each is hashed to one of 2^hash_bits buckets. Buckets that fewer than texts_min training texts
// hit are left out, and of the others only the features_max most frequent are kept: a vector
// describes only what the models can know something about. Features are numbered from the most to
// the least frequent: the few that most of a text consists of lie together, in every table that has
// a row or a number for each. Weights are (1 + log tf) * idf, the
// vector scaled to unit length.
//   idf = 1 + log((1 + n) / (1 + df)), n texts of which df have the bucket
// Source: feature hashing, Weinberger et al. 2009; the weighting is the common "ltc" of SMART;
// n-grams of characters inside words, McNamee and Mayfield 2004.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "encoder/features.h"

namespace ooe::encoder {

inline constexpr std::uint32_t kHashBitsMax = 20;

enum class NgramKind : std::uint8_t { words, characters };

struct NgramOptions {
  NgramKind kind = NgramKind::words;
  std::uint32_t hash_bits = 18;        // 1 to kHashBitsMax; more: fewer collisions, a larger model
  std::uint32_t texts_min = 1;         // rarer buckets are dropped
  std::size_t features_max = 120'000;  // of ties at the limit the lower buckets stay
};

// Working memory of encode(); kept by the caller, so that a warm call allocates nothing.
struct NgramScratch {
  std::string padded;
  std::vector<std::uint32_t> buckets;  // of all n-grams of a text, then what is known of them
  std::vector<std::uint32_t> starts;   // of the characters of one word
  std::vector<std::uint32_t> count;    // [width], zero between calls
};

// How many n-grams a text has, how many of them training knows, and how many of these are in more
// than the fewest texts that a known one is in. Repetitions count.
struct NgramCounts {
  std::size_t all = 0;
  std::size_t known = 0;
  std::size_t known_elsewhere = 0;
};

class NgramEncoder {
 public:
  // Learns which buckets occur and their idf. Texts are normalised (base/unicode.h).
  // Requires: hash_bits in [1, kHashBitsMax].
  [[nodiscard]] static NgramEncoder fit(std::span<const std::string> normalised,
                                        const NgramOptions& options);

  // From a file. Requires: are_buckets(buckets, hash_bits), one idf each.
  NgramEncoder(NgramKind kind, std::uint32_t hash_bits, std::vector<std::uint32_t> buckets,
               std::vector<float> idf);

  // Appends to `out` indices in [offset, offset + width()). Cost: linear in the text.
  NgramCounts encode(std::string_view normalised, std::uint32_t offset, NgramScratch& scratch,
                     SparseVector& out) const;

  [[nodiscard]] std::size_t width() const { return buckets_.size(); }
  [[nodiscard]] NgramKind kind() const { return kind_; }
  [[nodiscard]] std::uint32_t hash_bits() const { return hash_bits_; }
  [[nodiscard]] std::span<const std::uint32_t> buckets() const { return buckets_; }
  [[nodiscard]] std::span<const float> idf() const { return idf_; }

 private:
  NgramKind kind_ = NgramKind::words;
  std::uint32_t hash_bits_ = 0;
  std::vector<std::uint32_t> buckets_;  // known ones; a feature's index is its place here
  std::vector<float> idf_;              // [width]
  std::vector<std::uint32_t> slot_;  // [2^hash_bits]: place in buckets_, if rare marked; kUnknown
};

// No two are the same and all are below 2^hash_bits. Requires: hash_bits in [1, kHashBitsMax].
[[nodiscard]] bool are_buckets(std::span<const std::uint32_t> buckets, std::uint32_t hash_bits);

}  // namespace ooe::encoder
