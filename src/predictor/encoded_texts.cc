#include "predictor/encoded_texts.h"

#include <algorithm>
#include <iterator>

#include "base/parallel.h"
#include "learn/as_index.h"

namespace ooe::predictor {
namespace {

using learn::as_index;

constexpr std::size_t kTextsPerBlock = 256;

void append(learn::SparseRows& rows, const learn::SparseRows& more) {
  const std::size_t offset = rows.index.size();
  std::transform(more.begin.begin() + 1, more.begin.end(), std::back_inserter(rows.begin),
                 [&](std::size_t end) { return offset + end; });
  rows.index.insert(rows.index.end(), more.index.begin(), more.index.end());
  rows.value.insert(rows.value.end(), more.value.begin(), more.value.end());
}

}  // namespace

EncodedTexts encode_texts(const encoder::TextEncoder& encoder,
                          std::span<const std::string_view> texts, std::size_t threads) {
  EncodedTexts encoded;
  encoded.dense.resize(as_index(texts.size()), encoder::kDenseCount);
  encoded.left_out_share.resize(texts.size());
  std::vector<learn::SparseRows> blocks((texts.size() + kTextsPerBlock - 1) / kTextsPerBlock);
  parallel_for(blocks.size(), threads, [&](std::size_t b) {
    encoder::EncoderScratch scratch;
    encoder::Features features;
    learn::SparseRows& block = blocks[b];
    const std::size_t end = std::min(texts.size(), (b + 1) * kTextsPerBlock);
    for (std::size_t i = b * kTextsPerBlock; i < end; ++i) {
      encoder::encode(encoder, texts[i], scratch, features);
      const encoder::SparseVector& x = features.ngrams;
      block.index.insert(block.index.end(), x.index.begin(), x.index.end());
      block.value.insert(block.value.end(), x.value.begin(), x.value.end());
      block.begin.push_back(block.index.size());
      encoded.left_out_share[i] = features.left_out_share;
      std::ranges::copy(features.dense, encoded.dense.row(as_index(i)).data());
    }
  });
  encoded.ngrams.width = encoder::ngram_width(encoder);
  for (const learn::SparseRows& block : blocks) append(encoded.ngrams, block);
  return encoded;
}

}  // namespace ooe::predictor
