// Non-negative least squares, scales, neighbours and clusters: small tools, each against its
// definition.
#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "learn/as_index.h"
#include "learn/dense_scale.h"
#include "learn/gram.h"
#include "learn/k_means.h"
#include "learn/neighbours.h"
#include "learn/non_negative.h"
#include "tests/learn/sparse_cases.h"

namespace ooe::learn {
namespace {

// The conditions of Karush, Kuhn and Tucker are the definition of the optimum.
TEST(NonNegative, MeetsTheConditionsOfTheOptimum) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE(seed);
    Rng rng(seed);
    const Eigen::MatrixXd a = random_matrix(30, 5, rng).cast<double>();
    const Eigen::VectorXd b = random_matrix(30, 1, rng).cast<double>().col(0);
    const Eigen::VectorXd w = non_negative_least_squares(a, b);
    const Eigen::VectorXd gradient = a.transpose() * (a * w - b);
    for (Eigen::Index k = 0; k < w.size(); ++k) {
      EXPECT_GE(w[k], 0.0);
      EXPECT_GE(gradient[k], -1e-6);
      EXPECT_NEAR(w[k] * gradient[k], 0.0, 1e-6);
    }
  }
}

TEST(NonNegative, IgnoresWhatNeverMoves) {
  Eigen::MatrixXd a = Eigen::MatrixXd::Zero(10, 2);
  a.col(1).setLinSpaced(0.0, 1.0);
  const Eigen::VectorXd w = non_negative_least_squares(a, a.col(1) * 2.0);
  EXPECT_EQ(w[0], 0.0);
  EXPECT_NEAR(w[1], 2.0, 1e-8);
}

TEST(DenseScale, StandardisesClipsAndWeighs) {
  MatrixRowsF raw(4, 2);
  raw << 1.0F, 5.0F, 3.0F, 5.0F, 1.0F, 5.0F, 3.0F, 5.0F;
  const DenseScale scale = fit_dense_scale(raw, {0.5F, 1.0F});
  const MatrixRowsF z = scaled(raw, scale);
  EXPECT_FLOAT_EQ(z(0, 0), -0.5F);
  EXPECT_FLOAT_EQ(z(1, 0), 0.5F);
  const float wild[2] = {1'000.0F, 6.0F};
  float out[2];
  scale.apply(wild, out);
  EXPECT_FLOAT_EQ(out[0], 2.0F) << "four deviations at half weight";
  EXPECT_NEAR(double{out[1]}, 0.0, 1e-5) << "what never varied in training says nothing";
}

TEST(Neighbours, AreThoseOfTheWholeTable) {
  Rng rng(5);
  const SparseRows base = random_rows(80, 30, 6, rng);
  const SparseRows queries = random_rows(20, 30, 6, rng);
  const Eigen::MatrixXd similarity = to_dense(queries) * to_dense(base).transpose();
  const auto nearest = nearest_rows(base, queries, 7, 2);
  for (Eigen::Index q = 0; q < 20; ++q) {
    ASSERT_EQ(nearest[static_cast<std::size_t>(q)].size(), 7U);
    std::vector<double> sorted(80);
    for (Eigen::Index i = 0; i < 80; ++i) sorted[static_cast<std::size_t>(i)] = similarity(q, i);
    std::ranges::sort(sorted, std::ranges::greater{});
    for (std::size_t k = 0; k < 7; ++k) {
      const auto row = as_index(nearest[static_cast<std::size_t>(q)][k]);
      EXPECT_NEAR(similarity(q, row), sorted[k], 1e-6);
    }
  }
  EXPECT_EQ(nearest_rows(base, queries, 1'000, 1)[0].size(), 80U);
}

TEST(Gram, HoldsAllInnerProducts) {
  Rng rng(6);
  const SparseRows rows = random_rows(500, 60, 9, rng);
  const MatrixRowsF dense = random_matrix(500, 4, rng);
  std::vector<std::size_t> order(500);
  for (std::size_t i = 0; i < 500; ++i) order[i] = 499 - i;
  SymmetricTiles k = gram(rows, order, 3);
  MatrixRowsF turned(500, 4);
  for (Eigen::Index i = 0; i < 500; ++i) turned.row(i) = dense.row(499 - i);
  add_gram(turned, 2.0F, k, 3);
  const Eigen::MatrixXd x = to_dense(rows);
  const Eigen::MatrixXd z = dense.cast<double>();
  const Eigen::MatrixXd expected = x * x.transpose() + 2.0 * z * z.transpose();
  const std::size_t t = k.tile_rows();
  for (std::size_t i = 0; i < 500; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      const double value = double{k.tile(i / t, j / t)[i % t * t + j % t]};
      ASSERT_NEAR(value, expected(as_index(499 - i), as_index(499 - j)), 1e-4);
    }
  }
}

// Three kinds of row that share nothing: any seed finds them, for no local optimum mixes them long.
TEST(KMeans, FindsGroupsThatShareNothing) {
  SparseRows rows;
  rows.width = 30;
  Rng rng(7);
  for (std::size_t i = 0; i < 90; ++i) {
    const auto first = static_cast<std::uint32_t>(10 * (i % 3));
    for (std::uint32_t k = 0; k < 10; ++k) {
      if (k != 0 && rng.below(2) == 0) continue;
      rows.index.push_back(first + k);
      rows.value.push_back(k == 0 ? 1.0F : 0.3F);
    }
    rows.begin.push_back(rows.index.size());
  }
  const KMeans model = fit_k_means(rows, 3, 1, 2);
  for (std::size_t i = 3; i < 90; ++i) {
    EXPECT_EQ(model.nearest(rows, i), model.nearest(rows, i % 3));
  }
  EXPECT_NE(model.nearest(rows, 0), model.nearest(rows, 1));
  EXPECT_EQ(fit_k_means(rows, 3, 1, 1).centres, fit_k_means(rows, 3, 1, 4).centres);
  EXPECT_EQ(fit_k_means(rows, 500, 1, 1).centres.rows(), 90);
}

}  // namespace
}  // namespace ooe::learn
