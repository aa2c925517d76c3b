#include "encoder/ngram_encoder.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

#include "base/check.h"
#include "base/hash.h"
#include "encoder/words.h"

namespace ooe::encoder {
namespace {

constexpr std::uint32_t kUnknown = std::numeric_limits<std::uint32_t>::max();

// The hash of a pair from the hashes of its words: the order counts, the text between does not.
std::uint64_t pair_hash(std::uint64_t first, std::uint64_t second) {
  static_assert(std::endian::native == std::endian::little, "model files hold these hashes");
  return fast_hash({reinterpret_cast<const char*>(&first), sizeof first}, second);
}

// Calls use(bucket) for every word and every pair of neighbours.
template <class Use>
void for_each_bucket(std::string_view normalised, std::uint32_t hash_bits, Use use) {
  const auto bucket = [shift = 64 - hash_bits](std::uint64_t hash) {
    return static_cast<std::uint32_t>(hash >> shift);
  };
  std::uint64_t previous = 0;
  bool has_previous = false;
  for (std::string_view word = next_word(normalised); !word.empty(); word = next_word(normalised)) {
    const std::uint64_t hash = fast_hash(word);
    use(bucket(hash));
    if (has_previous) use(bucket(pair_hash(previous, hash)));
    previous = hash;
    has_previous = true;
  }
}

void scale_to_unit_length(std::vector<float>& values) {
  double squares = 0.0;
  for (const float value : values) squares += double{value} * double{value};
  if (squares == 0.0) return;
  const auto factor = static_cast<float>(1.0 / std::sqrt(squares));
  for (float& value : values) value *= factor;
}

}  // namespace

NgramEncoder NgramEncoder::fit(std::span<const std::string_view> texts,
                               const NgramOptions& options) {
  OOE_CHECK(options.hash_bits >= 1 && options.hash_bits <= kHashBitsMax, "hash_bits is in range");
  std::vector<std::uint32_t> text_count(std::size_t{1} << options.hash_bits, 0);
  std::vector<std::size_t> seen_in(text_count.size(), 0);  // 1 + the last text that had the bucket
  Normaliser normalise;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    for_each_bucket(normalise(texts[i]), options.hash_bits, [&](std::uint32_t bucket) {
      if (std::exchange(seen_in[bucket], i + 1) != i + 1) ++text_count[bucket];
    });
  }
  std::vector<std::uint32_t> buckets;
  std::vector<float> idf;
  for (std::uint32_t bucket = 0; bucket < text_count.size(); ++bucket) {
    if (text_count[bucket] == 0) continue;
    buckets.push_back(bucket);
    idf.push_back(static_cast<float>(
        1.0 + std::log((1.0 + static_cast<double>(texts.size())) / (1.0 + text_count[bucket]))));
  }
  return {options.hash_bits, std::move(buckets), std::move(idf)};
}

NgramEncoder::NgramEncoder(std::uint32_t hash_bits, std::vector<std::uint32_t> buckets,
                           std::vector<float> idf)
    : hash_bits_(hash_bits),
      buckets_(std::move(buckets)),
      idf_(std::move(idf)),
      slot_(std::size_t{1} << hash_bits, kUnknown) {
  OOE_CHECK(buckets_.size() == idf_.size(), "one idf a bucket");
  for (std::uint32_t i = 0; i < buckets_.size(); ++i) {
    OOE_CHECK(buckets_[i] < slot_.size() && (i == 0 || buckets_[i - 1] < buckets_[i]),
              "buckets ascend and fit");
    slot_[buckets_[i]] = i;
  }
}

void NgramEncoder::encode(std::string_view text, NgramScratch& scratch, SparseVector& out) const {
  out.clear();
  scratch.count.resize(width(), 0);
  for_each_bucket(scratch.normalise(text), hash_bits_, [&](std::uint32_t bucket) {
    const std::uint32_t slot = slot_[bucket];
    if (slot != kUnknown && scratch.count[slot]++ == 0) out.index.push_back(slot);
  });
  for (const std::uint32_t slot : out.index) {
    const std::uint32_t count = std::exchange(scratch.count[slot], 0);
    const float tf = count == 1 ? 1.0F : 1.0F + std::log(static_cast<float>(count));
    out.value.push_back(tf * idf_[slot]);
  }
  scale_to_unit_length(out.value);
}

}  // namespace ooe::encoder
