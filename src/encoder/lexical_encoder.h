// All that letters tell: n-grams of words, n-grams of characters, and dense features. What the
// first predictor reads; needs no model of language.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "base/unicode.h"
#include "encoder/dense_features.h"
#include "encoder/features.h"
#include "encoder/ngram_encoder.h"

namespace ooe::encoder {

// Of a longer text only the first and the last half of this are read: instructions stand at its
// ends, and a prompt of any size is predicted in bounded time.
inline constexpr std::size_t kTextBytesRead = 16 * 1024;

struct LexicalOptions {
  NgramOptions words = {.kind = NgramKind::words, .texts_min = 2, .features_max = 100'000};
  NgramOptions characters = {
      .kind = NgramKind::characters, .texts_min = 3, .features_max = 100'000};
};

struct LexicalScratch {
  std::string ends;  // of a text longer than kTextBytesRead
  Normaliser normalise;
  NgramScratch ngrams;
  DenseScratch dense;
};

class LexicalEncoder {
 public:
  // Learns vocabulary and idf from texts alone. Errors: none. Cost: linear in the texts.
  [[nodiscard]] static LexicalEncoder fit(std::span<const std::string_view> texts,
                                          const LexicalOptions& options, std::size_t threads);

  // Requires: the encoders' kinds are words and characters.
  LexicalEncoder(NgramEncoder words, NgramEncoder characters);

  // Fills `out`; a warm call allocates nothing. Threads: any, one scratch each.
  void encode(std::string_view text, LexicalScratch& scratch, Features& out) const;

  [[nodiscard]] std::size_t ngram_width() const { return words_.width() + characters_.width(); }
  [[nodiscard]] const NgramEncoder& words() const { return words_; }
  [[nodiscard]] const NgramEncoder& characters() const { return characters_; }

 private:
  NgramEncoder words_;
  NgramEncoder characters_;
};

}  // namespace ooe::encoder
