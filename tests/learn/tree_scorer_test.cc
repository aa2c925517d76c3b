#include "learn/tree_scorer.h"

#include <cmath>
#include <limits>
#include <numeric>

#include <gtest/gtest.h>

#include "tests/learn/sparse_cases.h"

namespace ooe::learn {
namespace {

BoostedTrees fitted(std::size_t leaves, std::uint64_t seed) {
  Rng rng(seed);
  const MatrixRowsF x = random_matrix(600, 5, rng);
  std::vector<float> y;
  for (Eigen::Index i = 0; i < x.rows(); ++i) {
    y.push_back(std::sin(3.0F * x(i, 0)) * x(i, 1) + static_cast<float>(rng.normal()));
  }
  std::vector<std::uint32_t> rows(600);
  std::iota(rows.begin(), rows.end(), 0U);
  return fit_trees(BinnedFeatures(x, 1), rows, y,
                   {.rounds = 40, .leaves = leaves, .leaf_rows_min = 5});
}

TEST(TreeScorer, SaysBitForBitWhatTheWalkSays) {
  for (const std::size_t leaves : {2U, 3U, 8U, 16U}) {
    const BoostedTrees trees = fitted(leaves, leaves);
    const TreeScorer scorer(trees);
    Rng rng(99);
    for (int i = 0; i < 2'000; ++i) {
      std::vector<float> features;
      for (int f = 0; f < 5; ++f) {
        const std::uint64_t kind = rng.below(20);
        features.push_back(kind == 0   ? std::numeric_limits<float>::quiet_NaN()
                           : kind == 1 ? trees.nodes[rng.below(trees.nodes.size())].threshold
                                       : static_cast<float>(2.0 * rng.normal()));
      }
      EXPECT_EQ(scorer.predict(features), trees.predict(features));
    }
  }
}

TEST(TreeScorer, KnowsTreesThatAreOneLeafAndNoTreesAtAll) {
  BoostedTrees trees;
  trees.base = 0.5F;
  EXPECT_EQ(TreeScorer(trees).predict({}), 0.5F);
  trees.node_begin = {0, 0};
  trees.leaf_begin = {0, 1};
  trees.leaves = {2.0F};
  EXPECT_EQ(TreeScorer(trees).predict({}), 2.5F);
}

TEST(TreeScorer, TakesNothingThatIsNoTree) {
  const auto with_nodes = [](std::vector<TreeNode> nodes, std::size_t leaves) {
    BoostedTrees trees;
    trees.node_begin = {0, static_cast<std::uint32_t>(nodes.size())};
    trees.leaf_begin = {0, static_cast<std::uint32_t>(leaves)};
    trees.nodes = std::move(nodes);
    trees.leaves.assign(leaves, 1.0F);
    return trees;
  };
  EXPECT_TRUE(are_trees(with_nodes({{.low = 1, .high = -1}, {.low = -2, .high = -3}}, 3)));
  EXPECT_FALSE(are_trees(with_nodes({{.low = 0, .high = -1}, {.low = -2, .high = -3}}, 3)))
      << "a node below itself";
  EXPECT_FALSE(are_trees(with_nodes({{.low = 1, .high = 1}, {.low = -1, .high = -2}}, 3)))
      << "twice the same node";
  EXPECT_FALSE(are_trees(with_nodes({{.low = -1, .high = -1}}, 2))) << "twice the same leaf";
  EXPECT_FALSE(are_trees(with_nodes({{.low = -1, .high = -3}}, 2))) << "a leaf of nobody";
  EXPECT_FALSE(are_trees(with_nodes({{.low = 2, .high = -1}}, 2))) << "a node of nobody";
  EXPECT_FALSE(are_trees(with_nodes({{.low = -1, .high = -2}}, 3))) << "a leaf too many";
  EXPECT_FALSE(are_trees(with_nodes({}, 0))) << "nothing to say";
  std::vector<TreeNode> line;
  for (std::int16_t i = 0; i < 16; ++i) {
    line.push_back({.low = static_cast<std::int16_t>(-1 - i),
                    .high = static_cast<std::int16_t>(i == 15 ? -17 : i + 1)});
  }
  EXPECT_FALSE(are_trees(with_nodes(line, 17))) << "more leaves than a mask has bits";
}

}  // namespace
}  // namespace ooe::learn
