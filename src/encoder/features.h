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
  SparseVector ngrams;  // tf-idf of words and word pairs, unit length; empty: nothing known in it
};

}  // namespace ooe::encoder
