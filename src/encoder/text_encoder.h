// The seam at which ways to turn text into features meet: a closed set. Later members (embeddings
// of an endpoint, a transformer) fill other parts of Features beside the n-grams.
// In: text. Out: Features. Knows: base.
#pragma once

#include <cstddef>
#include <string_view>
#include <variant>

#include "encoder/features.h"
#include "encoder/ngram_encoder.h"

namespace ooe::encoder {

using TextEncoder = std::variant<NgramEncoder>;

struct EncoderScratch {
  NgramScratch ngrams;
};

inline void encode(const TextEncoder& encoder, std::string_view text, EncoderScratch& scratch,
                   Features& out) {
  std::visit([&](const NgramEncoder& ngrams) { ngrams.encode(text, scratch.ngrams, out.ngrams); },
             encoder);
}

// How many n-gram features there are: the bound of Features.ngrams.index.
[[nodiscard]] inline std::size_t ngram_width(const TextEncoder& encoder) {
  return std::visit([](const NgramEncoder& ngrams) { return ngrams.width(); }, encoder);
}

}  // namespace ooe::encoder
