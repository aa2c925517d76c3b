#include "predictor/sparse_rows.h"

#include <algorithm>
#include <iterator>

#include "base/parallel.h"

namespace ooe::predictor {
namespace {

constexpr std::size_t kTextsPerBlock = 512;

void append(SparseRows& rows, const SparseRows& more) {
  const std::size_t offset = rows.index.size();
  std::transform(more.begin.begin() + 1, more.begin.end(), std::back_inserter(rows.begin),
                 [&](std::size_t end) { return offset + end; });
  rows.index.insert(rows.index.end(), more.index.begin(), more.index.end());
  rows.value.insert(rows.value.end(), more.value.begin(), more.value.end());
}

}  // namespace

SparseRows encode_rows(const encoder::TextEncoder& encoder, std::span<const std::string_view> texts,
                       std::size_t threads) {
  std::vector<SparseRows> blocks((texts.size() + kTextsPerBlock - 1) / kTextsPerBlock);
  parallel_for(blocks.size(), threads, [&](std::size_t b) {
    encoder::EncoderScratch scratch;
    encoder::Features features;
    const std::size_t first = b * kTextsPerBlock;
    for (const std::string_view text :
         texts.subspan(first, std::min(kTextsPerBlock, texts.size() - first))) {
      encoder::encode(encoder, text, scratch, features);
      SparseRows& block = blocks[b];
      block.index.insert(block.index.end(), features.ngrams.index.begin(),
                         features.ngrams.index.end());
      block.value.insert(block.value.end(), features.ngrams.value.begin(),
                         features.ngrams.value.end());
      block.begin.push_back(block.index.size());
    }
  });
  SparseRows rows;
  rows.width = encoder::ngram_width(encoder);
  for (const SparseRows& block : blocks) append(rows, block);
  return rows;
}

}  // namespace ooe::predictor
