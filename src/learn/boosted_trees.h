// Gradient-boosted regression trees for squared loss: small, few, and grown from histograms. Each
// tree splits the leaf that gains most, until it has `leaves`; its values are the shrunk means of
// what earlier trees left over.
//   gain of a split = S_l^2/(n_l + l2) + S_r^2/(n_r + l2) - S^2/(n + l2),  S sums of residuals
// Ours and not a library's because three properties matter here and none offers all: the same bytes
// for any number of threads, a file format that is checked like the rest of the model, and no
// allocation at prediction. Source: Friedman 2001; a sample of the rows for each tree, Friedman
// 2002; histograms and leaf-wise growth, Ke et al. 2017.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "learn/symmetric_tiles.h"

namespace ooe::learn {

inline constexpr std::size_t kTreeLeavesMax = 16;

struct TreeOptions {
  std::size_t rounds = 150;
  double learning_rate = 0.05;
  std::size_t leaves = 8;  // 2 to kTreeLeavesMax
  std::size_t leaf_rows_min = 40;
  double l2 = 5.0;
  std::size_t rows_max = 30'000;  // of more, each tree is grown on a sample of its own
};

struct TreeNode {
  std::uint16_t feature = 0;
  // Where to go next: a node of the same tree, or, below zero, -1 - leaf.
  std::int16_t low = 0;   // value <= threshold
  std::int16_t high = 0;  // otherwise, NaN too
  float threshold = 0.0F;
};

// Nodes and leaves of all trees one after the other.
struct BoostedTrees {
  float base = 0.0F;
  std::vector<std::uint32_t> node_begin{0};  // [n_trees + 1]; a tree without nodes is its one leaf
  std::vector<std::uint32_t> leaf_begin{0};  // [n_trees + 1]
  std::vector<TreeNode> nodes;
  std::vector<float> leaves;  // learning rate included

  [[nodiscard]] std::size_t n_trees() const { return node_begin.size() - 1; }
  // A walk down each tree. What serves is quicker: tree_scorer.h.
  [[nodiscard]] float predict(std::span<const float> features) const;
};

// The features of all rows as small integers, once for every fit.
class BinnedFeatures {
 public:
  static constexpr std::size_t kBinsMax = 64;

  // Bins hold about equally many of the rows. Shape: features is [n, d].
  BinnedFeatures(const MatrixRowsF& features, std::size_t threads);

  [[nodiscard]] std::size_t n() const { return n_; }
  [[nodiscard]] std::size_t d() const { return upper_.size(); }
  [[nodiscard]] const std::uint8_t* column(std::size_t f) const { return bins_.data() + f * n_; }
  // Of a feature's bins but the last: the largest value inside. Bin b is where b of them are less.
  [[nodiscard]] std::span<const float> upper(std::size_t f) const { return upper_[f]; }

 private:
  std::size_t n_ = 0;
  std::vector<std::uint8_t> bins_;         // [d, n]
  std::vector<std::vector<float>> upper_;  // [d], ascending
};

// Fits `target` on the rows `rows`. Shape: target is [features.n()]. One thread; same input, same
// bits.
[[nodiscard]] BoostedTrees fit_trees(const BinnedFeatures& features,
                                     std::span<const std::uint32_t> rows,
                                     std::span<const float> target, const TreeOptions& options);

}  // namespace ooe::learn
