// What models know of a text. In: a string. Out: numbers. Each part of the struct is one family of
// features; models say which they read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ooe::encoder {

// The coordinates of a vector that are not zero. Each index occurs once; the order is that of first
// appearance in the text.
struct SparseVector {
  std::vector<std::uint32_t> index;
  std::vector<float> value;

  [[nodiscard]] std::size_t size() const { return index.size(); }
  void clear() {
    index.clear();
    value.clear();
  }
};

struct Features {
  // tf-idf of the n-grams that training knows: first those of words, then those of characters, each
  // family of unit length; empty: nothing known in the text.
  SparseVector ngrams;
  std::vector<float> dense;  // [kDenseCount], as measured; see dense_features.h
  // Of the text's words and word pairs, those that training knows, and those it would still know
  // had one of the texts it has them from been left out: a training text's own share, as of a new
  // text.
  float known_share = 0.0F;
  float left_out_share = 0.0F;
};

}  // namespace ooe::encoder
