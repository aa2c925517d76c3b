// Boosted trees as they serve. To walk down a tree is to jump, at every node, where nobody can
// foretell: a thousand trees are a thousand wrong guesses of the processor. Here all nodes of a
// tree are asked, without a jump: a feature above the threshold takes the leaves of the low side
// out of a mask, and the first leaf that is left, from low to high, is the one the walk ends at.
// The same bits as BoostedTrees::predict(). Source: Lucchese et al. 2015 (QuickScorer).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "learn/boosted_trees.h"

namespace ooe::learn {

class TreeScorer {
 public:
  // Requires: are_trees(trees).
  explicit TreeScorer(const BoostedTrees& trees);

  // No allocation. Threads: any.
  [[nodiscard]] float predict(std::span<const float> features) const;

 private:
  struct Test {
    float threshold;
    std::uint16_t feature;
    std::uint16_t left_above;  // of the leaves, when the feature is above the threshold
  };
  static_assert(kTreeLeavesMax <= 16, "a leaf is a bit of Test::left_above");

  float base_;
  std::vector<std::uint32_t> test_begin_;  // [n_trees + 1]
  std::vector<std::uint32_t> leaf_begin_;  // [n_trees + 1]
  std::vector<Test> tests_;
  std::vector<float> leaves_;  // of each tree from low to high
};

// Every node but the first, and every leaf, is below exactly one node that comes before it, and no
// tree has more than kTreeLeavesMax leaves. Requires: begins that ascend to the sizes.
[[nodiscard]] bool are_trees(const BoostedTrees& trees);

}  // namespace ooe::learn
