#include "learn/boosted_trees.h"

#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "learn/as_index.h"
#include "tests/learn/sparse_cases.h"

namespace ooe::learn {
namespace {

std::vector<std::uint32_t> all(std::size_t n) {
  std::vector<std::uint32_t> rows(n);
  std::iota(rows.begin(), rows.end(), 0U);
  return rows;
}

float predict(const BoostedTrees& trees, const MatrixRowsF& x, Eigen::Index row) {
  return trees.predict({x.row(row).data(), static_cast<std::size_t>(x.cols())});
}

// What no line through the features can say.
float product_sign(const MatrixRowsF& x, Eigen::Index row) {
  return x(row, 0) * x(row, 1) > 0.0F ? 1.0F : -1.0F;
}

double mean_square_error(const BoostedTrees& trees, const MatrixRowsF& x) {
  double sum = 0.0;
  for (Eigen::Index i = 0; i < x.rows(); ++i) {
    sum += std::pow(double{predict(trees, x, i) - product_sign(x, i)}, 2);
  }
  return sum / static_cast<double>(x.rows());
}

// The best single split by trying every one, for one round without shrinkage.
TEST(BoostedTrees, SplitsWhereTryingEverySplitSays) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    Rng rng(seed);
    const std::size_t n = 40;  // fewer than bins, so that no split is lost to binning
    const MatrixRowsF x = random_matrix(n, 3, rng);
    std::vector<float> y;
    for (std::size_t i = 0; i < n; ++i) y.push_back(static_cast<float>(rng.normal()));
    const double l2 = 2.0;
    const double mean = std::accumulate(y.begin(), y.end(), 0.0) / double{n};
    double best_gain = 0.0;
    std::vector<double> best(n, 0.0);  // what the best tree predicts
    for (Eigen::Index f = 0; f < 3; ++f) {
      for (std::size_t at = 0; at < n; ++at) {
        const float threshold = x(as_index(at), f);
        double sum[2] = {0.0, 0.0};
        double count[2] = {0.0, 0.0};
        for (std::size_t i = 0; i < n; ++i) {
          const int side = x(as_index(i), f) <= threshold ? 0 : 1;
          sum[side] += double{y[i]} - mean;
          count[side] += 1.0;
        }
        if (count[0] < 5.0 || count[1] < 5.0) continue;
        const double gain = sum[0] * sum[0] / (count[0] + l2) + sum[1] * sum[1] / (count[1] + l2);
        if (gain <= best_gain) continue;
        best_gain = gain;
        for (std::size_t i = 0; i < n; ++i) {
          const int side = x(as_index(i), f) <= threshold ? 0 : 1;
          best[i] = sum[side] / (count[side] + l2);
        }
      }
    }
    const BoostedTrees trees =
        fit_trees(BinnedFeatures(x, 1), all(n), y,
                  {.rounds = 1, .learning_rate = 1.0, .leaves = 2, .leaf_rows_min = 5, .l2 = l2});
    for (std::size_t i = 0; i < n; ++i) {
      EXPECT_NEAR(double{predict(trees, x, as_index(i))}, mean + best[i], 1e-4);
    }
  }
}

TEST(BoostedTrees, LearnAnInteractionThatNoLineCan) {
  Rng rng(3);
  const MatrixRowsF x = random_matrix(2'000, 4, rng);
  std::vector<float> y;
  for (Eigen::Index i = 0; i < x.rows(); ++i) y.push_back(product_sign(x, i));
  const BoostedTrees trees = fit_trees(BinnedFeatures(x, 2), all(2'000), y, {});
  EXPECT_LT(mean_square_error(trees, random_matrix(1'000, 4, rng)), 0.4) << "a constant has 1";
}

// Of more rows than a tree may see, each tree takes others: together they learn from all of them,
// which one sample for all trees would not.
TEST(BoostedTrees, LearnFromSamplesWhatTheyLearnFromAll) {
  Rng rng(5);
  const MatrixRowsF x = random_matrix(4'000, 4, rng);
  std::vector<float> y;
  for (Eigen::Index i = 0; i < x.rows(); ++i) {
    y.push_back(product_sign(x, i) + static_cast<float>(rng.normal()));
  }
  const BinnedFeatures binned(x, 2);
  const MatrixRowsF fresh = random_matrix(1'000, 4, rng);
  const double whole = mean_square_error(fit_trees(binned, all(4'000), y, {}), fresh);
  const double sampled =
      mean_square_error(fit_trees(binned, all(4'000), y, {.rows_max = 1'000}), fresh);
  const double one_sample = mean_square_error(fit_trees(binned, all(1'000), y, {}), fresh);
  EXPECT_NE(sampled, whole);
  EXPECT_LT(sampled, whole + 0.05);
  EXPECT_LT(sampled, one_sample - 0.02);
}

TEST(BoostedTrees, KeepToTheRowsAndLeavesTheyAreAllowed) {
  Rng rng(4);
  const MatrixRowsF x = random_matrix(300, 2, rng);
  std::vector<float> y(300, 1.0F);
  for (std::size_t i = 0; i < 100; ++i) y[i] = 50.0F;  // rows that are not to be seen
  std::vector<std::uint32_t> rows = all(300);
  rows.erase(rows.begin(), rows.begin() + 100);
  for (const std::size_t rows_max : {std::size_t{30'000}, std::size_t{60}}) {
    const BoostedTrees trees =
        fit_trees(BinnedFeatures(x, 1), rows, y, {.rounds = 5, .rows_max = rows_max});
    EXPECT_FLOAT_EQ(trees.base, 1.0F);
    EXPECT_EQ(trees.n_trees(), 5U);
    for (std::size_t t = 0; t < 5; ++t) {
      EXPECT_EQ(trees.leaf_begin[t + 1] - trees.leaf_begin[t], 1U) << "nothing to split";
    }
    EXPECT_FLOAT_EQ(predict(trees, x, 0), 1.0F);
  }
}

TEST(BoostedTrees, OfConstantOrMissingDataAreOneLeaf) {
  const MatrixRowsF same = MatrixRowsF::Ones(50, 2);
  const BoostedTrees trees =
      fit_trees(BinnedFeatures(same, 1), all(50), std::vector<float>(50, 2.0F), {.rounds = 2});
  EXPECT_FLOAT_EQ(predict(trees, same, 0), 2.0F);
  const MatrixRowsF none(0, 2);
  EXPECT_EQ(fit_trees(BinnedFeatures(none, 1), {}, {}, {}).n_trees(), 0U);
}

}  // namespace
}  // namespace ooe::learn
