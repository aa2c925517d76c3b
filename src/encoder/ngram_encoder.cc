#include "encoder/ngram_encoder.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

#include "base/check.h"
#include "base/fast_hash.h"
#include "base/utf8.h"
#include "encoder/words.h"

namespace ooe::encoder {
namespace {

constexpr std::uint32_t kUnknown = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint32_t kRarest = 1U << 31U;  // beside a slot: in no more texts than any known one
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

// Calls use(hash) for every run of n bytes: n is known where this is compiled, and of a hash of
// that many bytes little is left.
template <std::size_t n, class Use>
void for_each_run_of_bytes(std::string_view word, Use& use) {
  for (std::size_t i = 0; i + n <= word.size(); ++i) use(fast_hash({word.data() + i, n}));
}

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
    std::size_t end = begin + 1;
    bool ascii = true;
    for (; text[end] != ' '; ++end) ascii = ascii && static_cast<unsigned char>(text[end]) < 0x80;
    ++end;  // behind the space that ends the word
    const std::string_view word(text.data() + begin, end - begin);
    begin = end - 1;
    if (ascii) {
      static_assert(kCharactersMin == 3 && kCharactersMax == 5);
      for_each_run_of_bytes<3>(word, use);
      for_each_run_of_bytes<4>(word, use);
      for_each_run_of_bytes<5>(word, use);
      continue;
    }
    starts.clear();
    for (std::size_t i = 0; i < word.size(); ++i) {
      if (!continues_character(word[i])) starts.push_back(static_cast<std::uint32_t>(i));
    }
    starts.push_back(static_cast<std::uint32_t>(word.size()));
    for (std::size_t n = kCharactersMin; n <= kCharactersMax; ++n) {
      for (std::size_t i = 0; i + n < starts.size(); ++i) {
        use(fast_hash(word.substr(starts[i], starts[i + n] - starts[i])));
      }
    }
  }
}

// No text of so many bytes has more n-grams of a kind: one of each length begins at a character or
// at one of the two spaces put around the text, and there are fewer words and pairs than bytes.
constexpr std::size_t ngrams_max(std::size_t bytes) {
  return (kCharactersMax - kCharactersMin + 1) * (bytes + 2);
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

// 1 + log tf.
float term_weight(std::uint32_t count) {
  static const auto kOfFew = [] {
    std::array<float, 64> of{};
    for (std::size_t n = 1; n < of.size(); ++n) of[n] = 1.0F + std::log(static_cast<float>(n));
    return of;
  }();
  return count < kOfFew.size() ? kOfFew[count] : 1.0F + std::log(static_cast<float>(count));
}

void scale_to_unit_length(std::span<float> values) {
  double squares = 0.0;
  for (const float value : values) squares += double{value} * double{value};
  if (squares == 0.0) return;
  const auto factor = static_cast<float>(1.0 / std::sqrt(squares));
  for (float& value : values) value *= factor;
}

}  // namespace

bool are_buckets(std::span<const std::uint32_t> buckets, std::uint32_t hash_bits) {
  std::vector<bool> seen(std::size_t{1} << hash_bits, false);
  return std::ranges::none_of(buckets, [&](std::uint32_t bucket) {
    if (bucket >= seen.size() || seen[bucket]) return true;
    seen[bucket] = true;
    return false;
  });
}

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
  std::ranges::stable_sort(buckets, std::ranges::greater{},
                           [&](std::uint32_t bucket) { return text_count[bucket]; });
  buckets.resize(std::min(buckets.size(), options.features_max));
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
  OOE_CHECK(are_buckets(buckets_, hash_bits), "a bucket is one feature");
  const float rarest = idf_.empty() ? 0.0F : *std::ranges::max_element(idf_);
  for (std::uint32_t i = 0; i < buckets_.size(); ++i) {
    slot_[buckets_[i]] = i | (idf_[i] < rarest ? 0 : kRarest);
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
  buckets.resize(std::max(buckets.size(), ngrams_max(normalised.size())));
  for_each_bucket(kind_, normalised, hash_bits_, scratch,
                  [next = buckets.data(), &counts](std::uint32_t bucket) mutable {
                    *next++ = bucket;
                    ++counts.all;
                  });
  // Whether an n-gram is known, rare or repeated cannot be foretold: nothing here jumps on it.
  std::uint32_t* known = buckets.data();  // written behind what is read
  for (std::size_t i = 0; i < counts.all; ++i) {
    constexpr std::size_t kAhead = 16;
    if (i + kAhead < counts.all) __builtin_prefetch(slot_.data() + buckets[i + kAhead]);
    *known = slot_[buckets[i]];
    known += static_cast<std::size_t>(*known != kUnknown);
  }
  counts.known = static_cast<std::size_t>(known - buckets.data());
  out.index.resize(first + counts.known);
  std::uint32_t* next = out.index.data() + first;
  for (std::size_t i = 0; i < counts.known; ++i) {
    counts.known_elsewhere += static_cast<std::size_t>((buckets[i] & kRarest) == 0);
    *next = buckets[i] & ~kRarest;
    next += static_cast<std::size_t>(scratch.count[*next]++ == 0);
  }
  out.index.resize(static_cast<std::size_t>(next - out.index.data()));
  out.value.resize(out.index.size());
  for (std::size_t k = first; k < out.index.size(); ++k) {
    const std::uint32_t slot = out.index[k];
    out.value[k] = term_weight(std::exchange(scratch.count[slot], 0)) * idf_[slot];
    out.index[k] = offset + slot;
  }
  scale_to_unit_length(std::span(out.value).subspan(first));
  return counts;
}

}  // namespace ooe::encoder
