#include "learn/symmetric_tiles.h"

#include <algorithm>
#include <vector>

#include <Eigen/Cholesky>
#include <gtest/gtest.h>

#include "base/parallel.h"
#include "base/rng.h"
#include "learn/as_index.h"

namespace ooe::learn {
namespace {

// A random positive definite matrix, whole and in tiles.
struct TilesCase {
  Eigen::MatrixXd whole;
  SymmetricTiles tiles;
};

TilesCase random_case(std::size_t n, std::uint64_t seed) {
  Rng rng(seed);
  const auto rows = as_index(n);
  Eigen::MatrixXd x(rows, 20);
  for (Eigen::Index i = 0; i < x.size(); ++i) x.data()[i] = rng.normal();
  TilesCase c{.whole = x * x.transpose(), .tiles = SymmetricTiles(n)};
  const std::size_t t = c.tiles.tile_rows();
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      if (j / t > i / t) continue;
      c.tiles.tile(i / t, j / t)[i % t * t + j % t] =
          static_cast<float>(c.whole(as_index(i), as_index(j)));
    }
  }
  c.whole += 3.0 * Eigen::MatrixXd::Identity(rows, rows);
  c.tiles.add_to_diagonal(3.0F);
  return c;
}

// One tile, one tile exactly full, a few, and sizes that leave the last one nearly empty.
TEST(SymmetricTiles, SolveAndInvertAsAWholeMatrixDoes) {
  for (const std::size_t n : {1U, 2U, 7U, 384U, 385U, 900U}) {
    SCOPED_TRACE(n);
    TilesCase c = random_case(n, n);
    c.tiles.factor(2);
    Rng rng(9);
    MatrixRowsF b(as_index(n), 3);
    for (Eigen::Index i = 0; i < b.size(); ++i) b.data()[i] = static_cast<float>(rng.normal());
    const Eigen::LLT<Eigen::MatrixXd> llt(c.whole);
    const Eigen::MatrixXd expected = llt.solve(b.cast<double>());
    EXPECT_LT((c.tiles.solve(b, 2).cast<double>() - expected).cwiseAbs().maxCoeff(), 2e-4);
    const Eigen::MatrixXd inverse =
        llt.solve(Eigen::MatrixXd::Identity(c.whole.rows(), c.whole.cols()));
    const std::vector<float> diagonal = c.tiles.inverse_diagonal(2);
    ASSERT_EQ(diagonal.size(), n);
    for (std::size_t i = 0; i < n; ++i) {
      const auto k = as_index(i);
      EXPECT_NEAR(double{diagonal[i]}, inverse(k, k), 1e-4 * inverse(k, k)) << i;
    }
  }
}

TEST(SymmetricTiles, GiveTheSameBitsForAnyNumberOfThreads) {
  TilesCase one = random_case(1'000, 1);
  TilesCase many = random_case(1'000, 1);
  one.tiles.factor(1);
  many.tiles.factor(5);
  MatrixRowsF b = MatrixRowsF::Ones(1'000, 4);
  EXPECT_EQ(one.tiles.solve(b, 1), many.tiles.solve(b, 5));
  EXPECT_EQ(one.tiles.inverse_diagonal(1), many.tiles.inverse_diagonal(5));
}

// The serial build of OpenBLAS fails this now and then: its buffers have no lock.
TEST(SymmetricTiles, AreNotHurtByOthersAtWorkAtTheSameTime) {
  const auto inverse = [] {
    TilesCase c = random_case(400, 5);
    c.tiles.factor(1);
    return c.tiles.inverse_diagonal(1);
  };
  const std::vector<float> alone = inverse();
  for (int round = 0; round < 20; ++round) {
    std::vector<char> same(8, 0);
    parallel_for(same.size(), 4, [&](std::size_t i) { same[i] = inverse() == alone ? 1 : 0; });
    EXPECT_EQ(std::count(same.begin(), same.end(), 1), 8);
  }
}

}  // namespace
}  // namespace ooe::learn
