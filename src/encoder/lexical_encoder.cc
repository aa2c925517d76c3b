#include "encoder/lexical_encoder.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/parallel.h"

namespace ooe::encoder {
namespace {

// Returns `text`, or its two ends one line apart when it is long; `ends` holds those bytes. A
// character cut in half becomes U+FFFD when the text is normalised.
std::string_view bounded(std::string_view text, std::string& ends) {
  if (text.size() <= kTextBytesRead) return text;
  ends.assign(text.substr(0, kTextBytesRead / 2));
  ends += '\n';
  ends += text.substr(text.size() - kTextBytesRead / 2);
  return ends;
}

}  // namespace

LexicalEncoder LexicalEncoder::fit(std::span<const std::string_view> texts,
                                   const LexicalOptions& options, std::size_t threads) {
  std::vector<std::string> normalised(texts.size());
  constexpr std::size_t kBlock = 256;
  parallel_for((texts.size() + kBlock - 1) / kBlock, threads, [&](std::size_t block) {
    Normaliser normalise;
    std::string ends;
    for (std::size_t i = block * kBlock; i < std::min(texts.size(), (block + 1) * kBlock); ++i) {
      normalised[i] = normalise(bounded(texts[i], ends));
    }
  });
  std::vector<NgramEncoder> encoders(2, NgramEncoder(NgramKind::words, 1, {}, {}));
  parallel_for(2, threads, [&](std::size_t i) {
    encoders[i] = NgramEncoder::fit(normalised, i == 0 ? options.words : options.characters);
  });
  return {std::move(encoders[0]), std::move(encoders[1])};
}

LexicalEncoder::LexicalEncoder(NgramEncoder words, NgramEncoder characters)
    : words_(std::move(words)), characters_(std::move(characters)) {
  OOE_CHECK(words_.kind() == NgramKind::words && characters_.kind() == NgramKind::characters,
            "words come before characters");
}

void LexicalEncoder::encode(std::string_view text, LexicalScratch& scratch, Features& out) const {
  text = bounded(text, scratch.ends);
  out.ngrams.clear();
  const std::string_view normalised = scratch.normalise(text);
  const NgramCounts counts = words_.encode(normalised, 0, scratch.ngrams, out.ngrams);
  characters_.encode(normalised, static_cast<std::uint32_t>(words_.width()), scratch.ngrams,
                     out.ngrams);
  const auto all = static_cast<float>(std::max<std::size_t>(1, counts.all));
  out.known_share = static_cast<float>(counts.known) / all;
  out.left_out_share = static_cast<float>(counts.known_elsewhere) / all;
  out.dense.resize(kDenseCount);
  dense_features(text, scratch.dense, std::span<float, kDenseCount>(out.dense));
}

}  // namespace ooe::encoder
