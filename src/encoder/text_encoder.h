// The seam at which ways to turn text into features meet: a closed set. Later members (embeddings
// of an endpoint, a transformer) fill a part of Features beside the others.
// In: text. Out: Features. Knows: base.
#pragma once

#include <cstddef>
#include <string_view>
#include <variant>

#include "encoder/features.h"
#include "encoder/lexical_encoder.h"

namespace ooe::encoder {

using TextEncoder = std::variant<LexicalEncoder>;

struct EncoderScratch {
  LexicalScratch lexical;
};

inline void encode(const TextEncoder& encoder, std::string_view text, EncoderScratch& scratch,
                   Features& out) {
  std::visit([&](const LexicalEncoder& lexical) { lexical.encode(text, scratch.lexical, out); },
             encoder);
}

// How many n-gram features there are: the bound of Features.ngrams.index.
[[nodiscard]] inline std::size_t ngram_width(const TextEncoder& encoder) {
  return std::visit([](const LexicalEncoder& lexical) { return lexical.ngram_width(); }, encoder);
}

}  // namespace ooe::encoder
