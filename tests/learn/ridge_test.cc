// The two ridge regressions against the definition: solve the normal equations, and for
// leave-one-out leave every row out in turn and solve them again.
#include <array>
#include <cmath>
#include <vector>

#include <Eigen/Cholesky>
#include <gtest/gtest.h>

#include "learn/as_index.h"
#include "learn/kernel_ridge.h"
#include "learn/primal_ridge.h"
#include "tests/learn/sparse_cases.h"

namespace ooe::learn {
namespace {

Eigen::MatrixXd slow_weights(const Eigen::MatrixXd& x, const Eigen::MatrixXd& y, double alpha) {
  const Eigen::MatrixXd a =
      x.transpose() * x + alpha * Eigen::MatrixXd::Identity(x.cols(), x.cols());
  return a.llt().solve(x.transpose() * y);
}

Eigen::MatrixXd without_row(const Eigen::MatrixXd& m, Eigen::Index row) {
  Eigen::MatrixXd out(m.rows() - 1, m.cols());
  out << m.topRows(row), m.bottomRows(m.rows() - row - 1);
  return out;
}

Eigen::MatrixXd slow_leave_one_out(const Eigen::MatrixXd& x, const Eigen::MatrixXd& y,
                                   double alpha) {
  Eigen::MatrixXd out(y.rows(), y.cols());
  for (Eigen::Index i = 0; i < y.rows(); ++i) {
    out.row(i) = x.row(i) * slow_weights(without_row(x, i), without_row(y, i), alpha);
  }
  return out;
}

struct RidgeCase {
  SparseRows ngrams;
  MatrixRowsF dense;
  MatrixRowsF target;
  Eigen::MatrixXd whole;  // [n, width + p]

  RidgeCase(std::size_t n, std::uint64_t seed) {
    Rng rng(seed);
    ngrams = random_rows(n, 40, 8, rng);
    dense = random_matrix(n, 5, rng);
    target = random_matrix(n, 3, rng);
    whole.resize(as_index(n), 45);
    whole << to_dense(ngrams), dense.cast<double>();
  }
};

TEST(KernelRidge, IsRidgeRegressionInItsDualForm) {
  const RidgeCase c(60, 1);
  const std::array alphas = {0.5, 12.0};
  const auto fits = fit_ridge({c.ngrams, c.dense, c.target}, alphas, {.threads = 2});
  ASSERT_EQ(fits.size(), 2U);
  for (std::size_t a = 0; a < alphas.size(); ++a) {
    const Eigen::MatrixXd y = c.target.cast<double>();
    const Eigen::MatrixXd weights = slow_weights(c.whole, y, alphas[a]);
    EXPECT_LT((fits[a].ngram_weights.cast<double>() - weights.topRows(40)).cwiseAbs().maxCoeff(),
              1e-4);
    EXPECT_LT((fits[a].dense_weights.cast<double>() - weights.bottomRows(5)).cwiseAbs().maxCoeff(),
              1e-4);
    const Eigen::MatrixXd left_out = slow_leave_one_out(c.whole, y, alphas[a]);
    EXPECT_LT((fits[a].left_out.cast<double>() - left_out).cwiseAbs().maxCoeff(), 2e-4);
  }
}

TEST(KernelRidge, DealsMoreRowsIntoSmallerBlocksSoThatTheCostStays) {
  constexpr std::size_t kFull = 12'500;
  EXPECT_EQ(count_blocks(1, kFull), 1U);
  EXPECT_EQ(count_blocks(kFull, kFull), 1U);
  EXPECT_EQ(count_blocks(kFull + 1, kFull), 2U);
  EXPECT_EQ(count_blocks(3 * kFull, kFull), 3U);
  for (const double n : {50e3, 200e3, 1e6}) {
    const double rows = n / static_cast<double>(count_blocks(static_cast<std::size_t>(n), kFull));
    EXPECT_NEAR(n * rows * rows / (3.0 * std::pow(double{kFull}, 3.0)), 1.0, 0.2) << n;
  }
}

// Blocks: weights are the mean of the blocks' own; a row's prediction leaves it out of its block.
TEST(KernelRidge, AveragesBlocksAndLeavesOutOfTheOwn) {
  const RidgeCase c(30, 2);
  const std::array alphas = {2.0};
  const auto fit =
      fit_ridge({c.ngrams, c.dense, c.target}, alphas, {.rows_per_block = 15, .threads = 1})[0];
  std::array<Eigen::MatrixXd, 2> x;
  std::array<Eigen::MatrixXd, 2> y;
  for (std::size_t b = 0; b < 2; ++b) {  // rows are dealt in turn
    x[b].resize(15, 45);
    y[b].resize(15, 3);
    for (Eigen::Index i = 0; i < 15; ++i) {
      x[b].row(i) = c.whole.row(2 * i + as_index(b));
      y[b].row(i) = c.target.row(2 * i + as_index(b)).cast<double>();
    }
  }
  const std::array<Eigen::MatrixXd, 2> w = {slow_weights(x[0], y[0], 2.0),
                                            slow_weights(x[1], y[1], 2.0)};
  const Eigen::MatrixXd mean = (w[0] + w[1]) / 2.0;
  EXPECT_LT((fit.ngram_weights.cast<double>() - mean.topRows(40)).cwiseAbs().maxCoeff(), 1e-4);
  for (std::size_t b = 0; b < 2; ++b) {
    const Eigen::MatrixXd expected = (slow_leave_one_out(x[b], y[b], 2.0) + x[b] * w[1 - b]) / 2.0;
    for (Eigen::Index i = 0; i < 15; ++i) {
      const auto row = fit.left_out.row(2 * i + as_index(b)).cast<double>();
      EXPECT_LT((row - expected.row(i)).cwiseAbs().maxCoeff(), 2e-4);
    }
  }
}

TEST(KernelRidge, GivesTheSameBitsForAnyNumberOfThreads) {
  const RidgeCase c(500, 3);
  const std::array alphas = {1.0};
  const auto one = fit_ridge({c.ngrams, c.dense, c.target}, alphas, {.threads = 1})[0];
  const auto four = fit_ridge({c.ngrams, c.dense, c.target}, alphas, {.threads = 4})[0];
  EXPECT_EQ(one.left_out, four.left_out);
  EXPECT_EQ(one.ngram_weights, four.ngram_weights);
}

std::vector<std::uint32_t> folds_of(std::size_t n) {
  std::vector<std::uint32_t> fold;
  for (std::size_t i = 0; i < n; ++i) fold.push_back(static_cast<std::uint32_t>(i * 7 % 3));
  return fold;
}

Eigen::MatrixXd slow_out_of_fold(const Eigen::MatrixXd& x, const Eigen::MatrixXd& y,
                                 const std::vector<std::uint32_t>& fold, double alpha) {
  Eigen::MatrixXd out(y.rows(), y.cols());
  for (std::uint32_t f = 0; f < 3; ++f) {
    std::vector<Eigen::Index> seen;
    std::vector<Eigen::Index> held;
    for (std::size_t i = 0; i < fold.size(); ++i) {
      (fold[i] == f ? held : seen).push_back(as_index(i));
    }
    const Eigen::MatrixXd x_seen = x(seen, Eigen::all);
    const Eigen::MatrixXd y_seen = y(seen, Eigen::all);
    out(held, Eigen::all) = x(held, Eigen::all) * slow_weights(x_seen, y_seen, alpha);
  }
  return out;
}

TEST(KernelRidge, PredictsOutOfFold) {
  const RidgeCase c(60, 5);
  const std::array alphas = {0.5, 12.0};
  const std::vector<std::uint32_t> fold = folds_of(60);
  const auto fits = fit_ridge({c.ngrams, c.dense, c.target, fold}, alphas, {.threads = 2});
  for (std::size_t a = 0; a < alphas.size(); ++a) {
    const Eigen::MatrixXd y = c.target.cast<double>();
    const Eigen::MatrixXd expected = slow_out_of_fold(c.whole, y, fold, alphas[a]);
    EXPECT_LT((fits[a].left_out.cast<double>() - expected).cwiseAbs().maxCoeff(), 2e-4);
    EXPECT_LT(
        (fits[a].ngram_weights.cast<double>() - slow_weights(c.whole, y, alphas[a]).topRows(40))
            .cwiseAbs()
            .maxCoeff(),
        1e-4);
  }
}

TEST(PrimalRidge, PredictsOutOfFoldAndPicksThePenaltyThatDoesBest) {
  Rng rng(4);
  const MatrixRowsF x = random_matrix(40, 6, rng);
  MatrixRowsF y = random_matrix(40, 2, rng);
  y.col(0) += 3.0F * x.col(2);  // one target to learn, one of noise
  const std::vector<std::uint32_t> fold = folds_of(40);
  const PrimalRidgeFit fit = fit_primal_ridge(x, y, fold);
  const Eigen::MatrixXd wide_x = x.cast<double>();
  for (Eigen::Index k = 0; k < 2; ++k) {
    double least = 1e300;
    Eigen::MatrixXd best;
    Eigen::MatrixXd weights;
    for (const double alpha : {0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0}) {
      const Eigen::MatrixXd target = y.col(k).cast<double>();
      const Eigen::MatrixXd out = slow_out_of_fold(wide_x, target, fold, alpha);
      if ((out - target).squaredNorm() >= least) continue;
      least = (out - target).squaredNorm();
      best = out;
      weights = slow_weights(wide_x, target, alpha);
    }
    EXPECT_LT((fit.out_of_fold.col(k).cast<double>() - best).cwiseAbs().maxCoeff(), 1e-4);
    EXPECT_LT((fit.weights.col(k).cast<double>() - weights).cwiseAbs().maxCoeff(), 1e-4);
  }
}

}  // namespace
}  // namespace ooe::learn
