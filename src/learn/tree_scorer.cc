#include "learn/tree_scorer.h"

#include <algorithm>
#include <bit>

#include "base/check.h"

namespace ooe::learn {
namespace {

struct TreeView {
  std::span<const TreeNode> nodes;
  std::span<const float> leaves;
};

TreeView tree_at(const BoostedTrees& trees, std::size_t t) {
  return {std::span(trees.nodes)
              .subspan(trees.node_begin[t], trees.node_begin[t + 1] - trees.node_begin[t]),
          std::span(trees.leaves)
              .subspan(trees.leaf_begin[t], trees.leaf_begin[t + 1] - trees.leaf_begin[t])};
}

std::size_t leaf_number(std::int16_t child) { return static_cast<std::size_t>(-1 - child); }

}  // namespace

bool are_trees(const BoostedTrees& trees) {
  for (std::size_t t = 0; t < trees.n_trees(); ++t) {
    const TreeView tree = tree_at(trees, t);
    if (tree.leaves.size() != tree.nodes.size() + 1) return false;
    if (tree.leaves.size() > kTreeLeavesMax) return false;
    std::uint32_t nodes_seen = 1;  // bits; the first is below nobody
    std::uint32_t leaves_seen = 0;
    for (std::size_t i = 0; i < tree.nodes.size(); ++i) {
      for (const std::int16_t child : {tree.nodes[i].low, tree.nodes[i].high}) {
        const std::size_t at = child < 0 ? leaf_number(child) : static_cast<std::size_t>(child);
        if (child < 0 ? at >= tree.leaves.size() : at <= i || at >= tree.nodes.size()) return false;
        std::uint32_t& seen = child < 0 ? leaves_seen : nodes_seen;
        if ((seen >> at & 1U) != 0) return false;
        seen |= 1U << at;
      }
    }
    // As many children as nodes and leaves, none of them twice: all were seen.
  }
  return true;
}

TreeScorer::TreeScorer(const BoostedTrees& trees)
    : base_(trees.base), test_begin_(trees.node_begin), leaf_begin_(trees.leaf_begin) {
  OOE_CHECK(are_trees(trees), "a walk that never ends or meets itself is no tree");
  for (std::size_t t = 0; t < trees.n_trees(); ++t) {
    const TreeView tree = tree_at(trees, t);
    const std::size_t first_test = tests_.size();
    for (const TreeNode& node : tree.nodes) {
      tests_.push_back({.threshold = node.threshold, .feature = node.feature, .left_above = 0});
    }
    // From low to high; a node's leaves are those that come between its being entered and left.
    const auto place = [&](const auto& self, std::int16_t child) -> std::uint32_t {
      if (child < 0) {
        leaves_.push_back(tree.leaves[leaf_number(child)]);
        return 1U << (leaves_.size() - 1 - leaf_begin_[t]);
      }
      const TreeNode& node = tree.nodes[static_cast<std::size_t>(child)];
      const std::uint32_t low = self(self, node.low);
      tests_[first_test + static_cast<std::size_t>(child)].left_above =
          static_cast<std::uint16_t>(~low);
      return low | self(self, node.high);
    };
    (void)place(place, tree.nodes.empty() ? std::int16_t{-1} : std::int16_t{0});
  }
}

float TreeScorer::predict(std::span<const float> features) const {
  float sum = base_;
  for (std::size_t t = 0; t + 1 < test_begin_.size(); ++t) {
    std::uint32_t left = 0xFFFF;
    for (std::size_t i = test_begin_[t]; i < test_begin_[t + 1]; ++i) {
      const Test& test = tests_[i];
      const bool low = features[test.feature] <= test.threshold;  // NaN is not
      left &= std::uint32_t{test.left_above} | (0U - std::uint32_t{low});
    }
    sum += leaves_[leaf_begin_[t] + static_cast<std::size_t>(std::countr_zero(left))];
  }
  return sum;
}

}  // namespace ooe::learn
