// The features of many texts, as training reads them. Row i belongs to texts[i].
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "encoder/text_encoder.h"
#include "learn/sparse_rows.h"
#include "learn/symmetric_tiles.h"

namespace ooe::predictor {

struct EncodedTexts {
  learn::SparseRows ngrams;
  learn::MatrixRowsF dense;           // [n, encoder::kDenseCount], as measured
  std::vector<float> left_out_share;  // [n]

  [[nodiscard]] std::size_t n() const { return left_out_share.size(); }
};

// Cost: linear in the texts; the same for any number of threads.
[[nodiscard]] EncodedTexts encode_texts(const encoder::TextEncoder& encoder,
                                        std::span<const std::string_view> texts,
                                        std::size_t threads);

}  // namespace ooe::predictor
