#include "learn/boosted_trees.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "learn/as_index.h"

namespace ooe::learn {
namespace {

struct Bin {
  double sum = 0.0;
  std::uint32_t count = 0;
};
using Histogram = std::vector<Bin>;  // [d, kBinsMax]

struct Split {
  double gain = 0.0;
  std::size_t feature = 0;
  std::size_t bin = 0;  // low side: bins up to and with this
};

// A leaf of the tree that is growing.
struct Leaf {
  std::size_t begin = 0;  // its rows are rows[begin, end)
  std::size_t end = 0;
  Histogram histogram;
  Split best;
  double sum = 0.0;
  std::int32_t parent = -1;  // node that leads here, and on which side
  bool high_side = false;

  [[nodiscard]] std::size_t size() const { return end - begin; }
};

// The rows a tree may look at, a different share of them for each when there are too many: the next
// ones in a shuffled order.
class RowSamples {
 public:
  RowSamples(std::span<const std::uint32_t> rows, std::size_t rows_max)
      : order_(rows.begin(), rows.end()), size_(std::min(rows.size(), rows_max)) {
    if (size_ < order_.size()) Rng(1).shuffle(std::span(order_));
  }

  // Ascending, as memory likes them.
  void next(std::vector<std::uint32_t>& rows) {
    rows.resize(size_);
    for (std::uint32_t& row : rows) {
      row = order_[at_];
      at_ = at_ + 1 == order_.size() ? 0 : at_ + 1;
    }
    if (size_ < order_.size()) std::ranges::sort(rows);
  }

 private:
  std::vector<std::uint32_t> order_;
  std::size_t size_;
  std::size_t at_ = 0;
};

class Grower {
 public:
  Grower(const BinnedFeatures& features, std::span<const std::uint32_t> rows,
         const TreeOptions& options)
      : features_(features), options_(options), all_rows_(rows), samples_(rows, options.rows_max) {}

  // Appends one tree fitted to `residual` and takes its predictions off it, for every row.
  void grow(std::vector<float>& residual, BoostedTrees& trees) {
    samples_.next(rows_);
    node_bin_.clear();
    std::vector<Leaf> leaves(1);
    leaves[0].end = rows_.size();
    fill(leaves[0], residual);
    find_split(leaves[0]);
    const std::size_t first_node = trees.nodes.size();
    const std::size_t first_leaf = trees.leaves.size();
    while (leaves.size() < options_.leaves) {
      const auto best =
          std::ranges::max_element(leaves, {}, [](const Leaf& leaf) { return leaf.best.gain; });
      if (best->best.gain <= 0.0) break;
      split(leaves, static_cast<std::size_t>(best - leaves.begin()), first_node, residual, trees);
    }
    for (std::size_t i = 0; i < leaves.size(); ++i) {
      const Leaf& leaf = leaves[i];
      const double mean = leaf.sum / (static_cast<double>(leaf.size()) + options_.l2);
      trees.leaves.push_back(static_cast<float>(options_.learning_rate * mean));
      if (leaf.parent >= 0) {
        TreeNode& node = trees.nodes[first_node + static_cast<std::size_t>(leaf.parent)];
        (leaf.high_side ? node.high : node.low) =
            static_cast<std::int16_t>(-1 - static_cast<int>(i));
      }
    }
    trees.node_begin.push_back(static_cast<std::uint32_t>(trees.nodes.size()));
    trees.leaf_begin.push_back(static_cast<std::uint32_t>(trees.leaves.size()));
    const std::span<const TreeNode> nodes = std::span(trees.nodes).subspan(first_node);
    const std::span<const float> values = std::span(trees.leaves).subspan(first_leaf);
    for (const std::uint32_t row : all_rows_) residual[row] -= values[leaf_of(row, nodes)];
  }

 private:
  void fill(Leaf& leaf, const std::vector<float>& residual) {
    leaf.histogram.assign(features_.d() * BinnedFeatures::kBinsMax, {});
    leaf.sum = 0.0;
    for (std::size_t r = leaf.begin; r < leaf.end; ++r) leaf.sum += double{residual[rows_[r]]};
    for (std::size_t f = 0; f < features_.d(); ++f) {
      Bin* bins = leaf.histogram.data() + f * BinnedFeatures::kBinsMax;
      const std::uint8_t* column = features_.column(f);
      for (std::size_t r = leaf.begin; r < leaf.end; ++r) {
        Bin& bin = bins[column[rows_[r]]];
        bin.sum += double{residual[rows_[r]]};
        ++bin.count;
      }
    }
  }

  // Of the tree that was just grown.
  [[nodiscard]] std::size_t leaf_of(std::uint32_t row, std::span<const TreeNode> nodes) const {
    std::int16_t next = nodes.empty() ? std::int16_t{-1} : std::int16_t{0};
    while (next >= 0) {
      const auto at = static_cast<std::size_t>(next);
      const TreeNode& node = nodes[at];
      next = features_.column(node.feature)[row] <= node_bin_[at] ? node.low : node.high;
    }
    return static_cast<std::size_t>(-1 - next);
  }

  [[nodiscard]] double worth(double sum, double count) const {
    return sum * sum / (count + options_.l2);
  }

  void find_split(Leaf& leaf) const {
    leaf.best = {};
    const double whole = worth(leaf.sum, static_cast<double>(leaf.size()));
    for (std::size_t f = 0; f < features_.d(); ++f) {
      const Bin* bins = leaf.histogram.data() + f * BinnedFeatures::kBinsMax;
      double sum = 0.0;
      std::size_t count = 0;
      for (std::size_t b = 0; b < features_.upper(f).size(); ++b) {
        sum += bins[b].sum;
        count += bins[b].count;
        const std::size_t rest = leaf.size() - count;
        if (count < options_.leaf_rows_min || bins[b].count == 0) continue;
        if (rest < options_.leaf_rows_min) break;
        const double gain = worth(sum, static_cast<double>(count)) +
                            worth(leaf.sum - sum, static_cast<double>(rest)) - whole;
        // A hair more than equal: two columns that say the same must not take turns by rounding.
        if (gain > leaf.best.gain * (1.0 + 1e-9) + 1e-12) leaf.best = {gain, f, b};
      }
    }
  }

  void split(std::vector<Leaf>& leaves, std::size_t which, std::size_t first_node,
             const std::vector<float>& residual, BoostedTrees& trees) {
    Leaf& low = leaves[which];
    Leaf high;
    const auto node = static_cast<std::int32_t>(trees.nodes.size() - first_node);
    const std::size_t feature = low.best.feature;
    const std::size_t bin = low.best.bin;
    trees.nodes.push_back({.feature = static_cast<std::uint16_t>(feature),
                           .low = 0,
                           .high = 0,
                           .threshold = features_.upper(feature)[bin]});
    node_bin_.push_back(static_cast<std::uint8_t>(bin));
    if (low.parent >= 0) {
      TreeNode& parent = trees.nodes[first_node + static_cast<std::size_t>(low.parent)];
      (low.high_side ? parent.high : parent.low) = static_cast<std::int16_t>(node);
    }
    const std::uint8_t* column = features_.column(feature);
    const auto begin = rows_.begin() + static_cast<std::ptrdiff_t>(low.begin);
    const auto end = rows_.begin() + static_cast<std::ptrdiff_t>(low.end);
    const auto middle =
        std::stable_partition(begin, end, [&](std::uint32_t row) { return column[row] <= bin; });
    high.begin = static_cast<std::size_t>(middle - rows_.begin());
    high.end = low.end;
    low.end = high.begin;
    low.parent = high.parent = node;
    low.high_side = false;
    high.high_side = true;
    // Count the smaller side; the other is what is left of the parent.
    Leaf& small = low.size() <= high.size() ? low : high;
    Leaf& large = low.size() <= high.size() ? high : low;
    Histogram parent = std::move(low.histogram);
    const double parent_sum = low.sum;
    fill(small, residual);
    for (std::size_t i = 0; i < parent.size(); ++i) {
      parent[i].sum -= small.histogram[i].sum;
      parent[i].count -= small.histogram[i].count;
    }
    large.histogram = std::move(parent);
    large.sum = parent_sum - small.sum;
    find_split(low);
    find_split(high);
    leaves.push_back(std::move(high));
  }

  const BinnedFeatures& features_;
  const TreeOptions& options_;
  std::span<const std::uint32_t> all_rows_;
  RowSamples samples_;
  std::vector<std::uint32_t> rows_;     // of this tree, leaf by leaf
  std::vector<std::uint8_t> node_bin_;  // of each node's low side, the last
};

// At most kBinsMax - 1 edges, each the largest value of its bin.
std::vector<float> edges_of(std::vector<float> values) {
  std::ranges::sort(values);
  std::vector<float> edges;
  const std::size_t bins = BinnedFeatures::kBinsMax;
  for (std::size_t b = 1; b < bins; ++b) {
    const float edge = values[std::min(values.size() - 1, b * values.size() / bins)];
    if (edge < values.back() && (edges.empty() || edge > edges.back())) edges.push_back(edge);
  }
  return edges;
}

}  // namespace

float BoostedTrees::predict(std::span<const float> features) const {
  float sum = base;
  for (std::size_t t = 0; t + 1 < node_begin.size(); ++t) {
    std::int32_t next = 0;
    if (node_begin[t] == node_begin[t + 1]) next = -1;
    const TreeNode* tree = nodes.data() + node_begin[t];
    while (next >= 0) {
      const TreeNode& node = tree[next];
      next = features[node.feature] <= node.threshold ? node.low : node.high;
    }
    sum += leaves[leaf_begin[t] + static_cast<std::size_t>(-1 - next)];
  }
  return sum;
}

BinnedFeatures::BinnedFeatures(const MatrixRowsF& features, std::size_t threads)
    : n_(static_cast<std::size_t>(features.rows())),
      bins_(n_ * static_cast<std::size_t>(features.cols())),
      upper_(static_cast<std::size_t>(features.cols())) {
  if (n_ == 0) return;
  parallel_for(d(), threads, [&](std::size_t f) {
    const auto column = features.col(as_index(f));
    std::vector<float> values(n_);
    for (std::size_t i = 0; i < n_; ++i) values[i] = column[as_index(i)];
    upper_[f] = edges_of(values);
    for (std::size_t i = 0; i < n_; ++i) {
      bins_[f * n_ + i] = static_cast<std::uint8_t>(std::ranges::lower_bound(upper_[f], values[i]) -
                                                    upper_[f].begin());
    }
  });
}

BoostedTrees fit_trees(const BinnedFeatures& features, std::span<const std::uint32_t> rows,
                       std::span<const float> target, const TreeOptions& options) {
  OOE_CHECK(options.leaves >= 2 && options.leaves <= kTreeLeavesMax, "a tree has 2 to 16 leaves");
  BoostedTrees trees;
  if (rows.empty()) return trees;
  double sum = 0.0;
  for (const std::uint32_t row : rows) sum += double{target[row]};
  trees.base = static_cast<float>(sum / static_cast<double>(rows.size()));
  std::vector<float> residual(target.begin(), target.end());
  for (const std::uint32_t row : rows) residual[row] -= trees.base;
  Grower grower(features, rows, options);
  for (std::size_t round = 0; round < options.rounds; ++round) grower.grow(residual, trees);
  return trees;
}

}  // namespace ooe::learn
