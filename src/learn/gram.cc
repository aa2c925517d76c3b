#include "learn/gram.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include <cblas.h>

#include "base/check.h"
#include "base/parallel.h"

namespace ooe::learn {
namespace {

// The rows of one block column, turned round: for each n-gram, which of them have it.
struct Postings {
  std::vector<std::uint32_t> begin;  // [width + 1]
  std::vector<std::uint16_t> row;    // within the block
  std::vector<float> value;
};

Postings postings_of(const SparseRows& features, std::span<const std::size_t> rows) {
  Postings postings;
  postings.begin.assign(features.width + 1, 0);
  for (const std::size_t row : rows) {
    for (std::size_t k = features.begin[row]; k < features.begin[row + 1]; ++k) {
      ++postings.begin[features.index[k] + 1];
    }
  }
  for (std::size_t f = 0; f < features.width; ++f) postings.begin[f + 1] += postings.begin[f];
  postings.row.resize(postings.begin.back());
  postings.value.resize(postings.begin.back());
  std::vector<std::uint32_t> next(postings.begin.begin(), postings.begin.end() - 1);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    for (std::size_t k = features.begin[rows[r]]; k < features.begin[rows[r] + 1]; ++k) {
      const std::uint32_t place = next[features.index[k]]++;
      postings.row[place] = static_cast<std::uint16_t>(r);
      postings.value[place] = features.value[k];
    }
  }
  return postings;
}

template <class T>
std::span<const T> block_of(std::span<const T> rows, std::size_t block, std::size_t block_rows) {
  return rows.subspan(block * block_rows, std::min(block_rows, rows.size() - block * block_rows));
}

}  // namespace

SymmetricTiles gram(const SparseRows& features, std::span<const std::size_t> rows,
                    std::size_t threads) {
  SymmetricTiles k(rows.size());
  parallel_for(k.n_tiles(), threads, [&](std::size_t j) {
    const Postings postings = postings_of(features, block_of(rows, j, k.tile_rows()));
    for (std::size_t i = j; i < k.n_tiles(); ++i) {
      const auto block = block_of(rows, i, k.tile_rows());
      for (std::size_t r = 0; r < block.size(); ++r) {
        float* sums = k.tile(i, j) + r * k.tile_rows();
        for (std::size_t e = features.begin[block[r]]; e < features.begin[block[r] + 1]; ++e) {
          const std::uint32_t feature = features.index[e];
          const float value = features.value[e];
          for (std::uint32_t p = postings.begin[feature]; p < postings.begin[feature + 1]; ++p) {
            sums[postings.row[p]] += value * postings.value[p];
          }
        }
      }
    }
  });
  return k;
}

void add_gram(const MatrixRowsF& dense, float scale, SymmetricTiles& k, std::size_t threads) {
  OOE_CHECK(static_cast<std::size_t>(dense.rows()) == k.n(), "one dense row for each row");
  const auto width = static_cast<int>(dense.cols());
  if (width == 0) return;
  const auto height = [&](std::size_t block) {
    return static_cast<int>(std::min(k.tile_rows(), k.n() - block * k.tile_rows()));
  };
  const auto rows = [&](std::size_t block) {
    return dense.data() + block * k.tile_rows() * static_cast<std::size_t>(width);
  };
  parallel_for(k.n_tiles(), threads, [&](std::size_t i) {
    for (std::size_t j = 0; j <= i; ++j) {
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, height(i), height(j), width, scale,
                  rows(i), width, rows(j), width, 1.0F, k.tile(i, j),
                  static_cast<int>(k.tile_rows()));
    }
  });
}

}  // namespace ooe::learn
