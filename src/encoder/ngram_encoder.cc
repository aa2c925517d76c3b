#include "encoder/ngram_encoder.h"

#include <algorithm>
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
constexpr std::size_t kCharactersMin = 3;
constexpr std::size_t kCharactersMax = 5;

// The hash of a pair from the hashes of its words: the order counts, the text between does not.
std::uint64_t pair_hash(std::uint64_t first, std::uint64_t second) {
  static_assert(std::endian::native == std::endian::little, "model files hold these hashes");
  return fast_hash({reinterpret_cast<const char*>(&first), sizeof first}, second);
}

// Calls use(hash) for every word and every pair of neighbours.
template <class Use>
void for_each_word_ngram(std::string_view normalised, Use use) {
  std::uint64_t previous = 0;
  bool has_previous = false;
  for (std::string_view word = next_word(normalised); !word.empty(); word = next_word(normalised)) {
    const std::uint64_t hash = fast_hash(word);
    use(hash);
    if (has_previous) use(pair_hash(previous, hash));
    previous = hash;
    has_previous = true;
  }
}

constexpr bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

// Calls use(hash) for every run of 3 to 5 characters inside a word and the spaces around it.
template <class Use>
void for_each_character_ngram(std::string_view normalised, NgramScratch& scratch, Use use) {
  // Words of a normalised text are one space apart, so with one more at either end each word's
  // padding is already there.
  std::string& text = scratch.padded;
  text.assign(1, ' ');
  text += normalised;
  text += ' ';
  std::vector<std::uint32_t>& starts = scratch.starts;
  for (std::size_t begin = 0; begin + 1 < text.size();) {
    const std::size_t end = text.find(' ', begin + 1) + 1;  // behind the space that ends the word
    starts.clear();
    for (std::size_t i = begin; i < end; ++i) {
      if (starts_character(text[i])) starts.push_back(static_cast<std::uint32_t>(i));
    }
    starts.push_back(static_cast<std::uint32_t>(end));
    for (std::size_t n = kCharactersMin; n <= kCharactersMax; ++n) {
      for (std::size_t i = 0; i + n < starts.size(); ++i) {
        use(fast_hash({text.data() + starts[i], starts[i + n] - starts[i]}));
      }
    }
    begin = end - 1;
  }
}

// Calls use(bucket) for every n-gram of the kind.
template <class Use>
void for_each_bucket(NgramKind kind, std::string_view normalised, std::uint32_t hash_bits,
                     NgramScratch& scratch, Use use) {
  const auto use_hash = [shift = 64 - hash_bits, &use](std::uint64_t hash) {
    use(static_cast<std::uint32_t>(hash >> shift));
  };
  if (kind == NgramKind::words) {
    for_each_word_ngram(normalised, use_hash);
  } else {
    for_each_character_ngram(normalised, scratch, use_hash);
  }
}

void scale_to_unit_length(std::span<float> values) {
  double squares = 0.0;
  for (const float value : values) squares += double{value} * double{value};
  if (squares == 0.0) return;
  const auto factor = static_cast<float>(1.0 / std::sqrt(squares));
  for (float& value : values) value *= factor;
}

}  // namespace

NgramEncoder NgramEncoder::fit(std::span<const std::string> normalised,
                               const NgramOptions& options) {
  OOE_CHECK(options.hash_bits >= 1 && options.hash_bits <= kHashBitsMax, "hash_bits is in range");
  std::vector<std::uint32_t> text_count(std::size_t{1} << options.hash_bits, 0);
  std::vector<std::size_t> seen_in(text_count.size(), 0);  // 1 + the last text that had the bucket
  NgramScratch scratch;
  for (std::size_t i = 0; i < normalised.size(); ++i) {
    for_each_bucket(options.kind, normalised[i], options.hash_bits, scratch,
                    [&](std::uint32_t bucket) {
                      if (std::exchange(seen_in[bucket], i + 1) != i + 1) ++text_count[bucket];
                    });
  }
  std::vector<std::uint32_t> buckets;
  for (std::uint32_t bucket = 0; bucket < text_count.size(); ++bucket) {
    if (text_count[bucket] >= std::max(1U, options.texts_min)) buckets.push_back(bucket);
  }
  if (buckets.size() > options.features_max) {
    std::ranges::stable_sort(buckets, std::ranges::greater{},
                             [&](std::uint32_t bucket) { return text_count[bucket]; });
    buckets.resize(options.features_max);
    std::ranges::sort(buckets);
  }
  std::vector<float> idf;
  idf.reserve(buckets.size());
  for (const std::uint32_t bucket : buckets) {
    idf.push_back(static_cast<float>(1.0 + std::log((1.0 + static_cast<double>(normalised.size())) /
                                                    (1.0 + text_count[bucket]))));
  }
  return {options.kind, options.hash_bits, std::move(buckets), std::move(idf)};
}

NgramEncoder::NgramEncoder(NgramKind kind, std::uint32_t hash_bits,
                           std::vector<std::uint32_t> buckets, std::vector<float> idf)
    : kind_(kind),
      hash_bits_(hash_bits),
      buckets_(std::move(buckets)),
      idf_(std::move(idf)),
      slot_(std::size_t{1} << hash_bits, kUnknown) {
  OOE_CHECK(buckets_.size() == idf_.size(), "one idf a bucket");
  for (std::uint32_t i = 0; i < buckets_.size(); ++i) {
    OOE_CHECK(buckets_[i] < slot_.size() && (i == 0 || buckets_[i - 1] < buckets_[i]),
              "buckets ascend and fit");
    slot_[buckets_[i]] = i;
    idf_rarest_ = std::max(idf_rarest_, idf_[i]);
  }
}

NgramCounts NgramEncoder::encode(std::string_view normalised, std::uint32_t offset,
                                 NgramScratch& scratch, SparseVector& out) const {
  NgramCounts counts;
  const std::size_t first = out.size();
  scratch.count.resize(std::max(scratch.count.size(), width()), 0);
  // Slots lie far apart in memory: all are named first, and the next ones are on their way while
  // one is looked at.
  std::vector<std::uint32_t>& buckets = scratch.buckets;
  buckets.clear();
  for_each_bucket(kind_, normalised, hash_bits_, scratch,
                  [&](std::uint32_t bucket) { buckets.push_back(bucket); });
  counts.all = buckets.size();
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    constexpr std::size_t kAhead = 16;
    if (i + kAhead < buckets.size()) __builtin_prefetch(slot_.data() + buckets[i + kAhead]);
    const std::uint32_t slot = slot_[buckets[i]];
    if (slot == kUnknown) continue;
    ++counts.known;
    if (idf_[slot] < idf_rarest_) ++counts.known_elsewhere;
    if (scratch.count[slot]++ == 0) out.index.push_back(slot);
  }
  for (std::size_t k = first; k < out.index.size(); ++k) {
    const std::uint32_t slot = out.index[k];
    const std::uint32_t count = std::exchange(scratch.count[slot], 0);
    const float tf = count == 1 ? 1.0F : 1.0F + std::log(static_cast<float>(count));
    out.value.push_back(tf * idf_[slot]);
    out.index[k] = offset + slot;
  }
  scale_to_unit_length(std::span(out.value).subspan(first));
  return counts;
}

}  // namespace ooe::encoder
