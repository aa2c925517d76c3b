#include "learn/neighbours.h"

#include <algorithm>
#include <numeric>

#include "base/parallel.h"

namespace ooe::learn {
namespace {

struct InvertedIndex {
  std::vector<std::size_t> begin;  // [width + 1]
  std::vector<std::uint32_t> row;
  std::vector<float> value;
};

InvertedIndex index_of(const SparseRows& rows) {
  InvertedIndex index;
  index.begin.assign(rows.width + 1, 0);
  for (const std::uint32_t feature : rows.index) ++index.begin[feature + 1];
  std::partial_sum(index.begin.begin(), index.begin.end(), index.begin.begin());
  index.row.resize(rows.index.size());
  index.value.resize(rows.index.size());
  std::vector<std::size_t> next(index.begin.begin(), index.begin.end() - 1);
  for (std::size_t row = 0; row < rows.n_rows(); ++row) {
    for (std::size_t e = rows.begin[row]; e < rows.begin[row + 1]; ++e) {
      const std::size_t place = next[rows.index[e]]++;
      index.row[place] = static_cast<std::uint32_t>(row);
      index.value[place] = rows.value[e];
    }
  }
  return index;
}

}  // namespace

std::vector<std::vector<std::uint32_t>> nearest_rows(const SparseRows& base,
                                                     const SparseRows& queries, std::size_t count,
                                                     std::size_t threads) {
  const InvertedIndex index = index_of(base);
  count = std::min(count, base.n_rows());
  std::vector<std::vector<std::uint32_t>> nearest(queries.n_rows());
  constexpr std::size_t kBlock = 64;
  parallel_for((queries.n_rows() + kBlock - 1) / kBlock, threads, [&](std::size_t block) {
    std::vector<float> similarity(base.n_rows());
    std::vector<std::uint32_t> order(base.n_rows());
    const std::size_t end = std::min(queries.n_rows(), (block + 1) * kBlock);
    for (std::size_t q = block * kBlock; q < end; ++q) {
      std::ranges::fill(similarity, 0.0F);
      for (std::size_t e = queries.begin[q]; e < queries.begin[q + 1]; ++e) {
        const std::uint32_t feature = queries.index[e];
        for (std::size_t p = index.begin[feature]; p < index.begin[feature + 1]; ++p) {
          similarity[index.row[p]] += queries.value[e] * index.value[p];
        }
      }
      std::iota(order.begin(), order.end(), 0U);
      const auto middle = order.begin() + static_cast<std::ptrdiff_t>(count);
      std::partial_sort(order.begin(), middle, order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return similarity[a] != similarity[b] ? similarity[a] > similarity[b] : a < b;
      });
      nearest[q].assign(order.begin(), middle);
    }
  });
  return nearest;
}

}  // namespace ooe::learn
