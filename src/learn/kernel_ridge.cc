#include "learn/kernel_ridge.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/check.h"
#include "base/parallel.h"
#include "learn/as_index.h"
#include "learn/gram.h"

namespace ooe::learn {
namespace {

MatrixRowsF rows_of(const MatrixRowsF& matrix, std::span<const std::size_t> rows) {
  MatrixRowsF part(as_index(rows.size()), matrix.cols());
  for (std::size_t i = 0; i < rows.size(); ++i)
    part.row(as_index(i)) = matrix.row(as_index(rows[i]));
  return part;
}

// weights += scale * X' b over the n-grams of `rows`. Threads share the targets, not the questions,
// so that each sum has one order.
void add_ngram_weights(const SparseRows& ngrams, std::span<const std::size_t> rows,
                       const MatrixRowsF& b, float scale, MatrixRowsF& weights,
                       std::size_t threads) {
  constexpr std::size_t kColumns = 16;  // one cache line of a weight row
  const auto q = static_cast<std::size_t>(b.cols());
  parallel_for((q + kColumns - 1) / kColumns, threads, [&](std::size_t part) {
    const std::size_t first = part * kColumns;
    const std::size_t columns = std::min(kColumns, q - first);
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const float* from = b.data() + r * q + first;
      for (std::size_t e = ngrams.begin[rows[r]]; e < ngrams.begin[rows[r] + 1]; ++e) {
        float* to = weights.data() + std::size_t{ngrams.index[e]} * q + first;
        const float value = scale * ngrams.value[e];
        for (std::size_t c = 0; c < columns; ++c) to[c] += value * from[c];
      }
    }
  });
}

// Predictions of each row of a block by the rows of other folds, one matrix for each alpha. Shape:
// target is [n, q], fold [n]. A row with no other fold to learn from is predicted to be zero.
std::vector<MatrixRowsF> predict_folds(const SymmetricTiles& k, const MatrixRowsF& target,
                                       std::span<const std::uint32_t> fold,
                                       std::span<const double> alphas, std::size_t threads) {
  std::vector<MatrixRowsF> out(alphas.size(), MatrixRowsF::Zero(target.rows(), target.cols()));
  const std::uint32_t n_folds = fold.empty() ? 0 : *std::ranges::max_element(fold) + 1;
  for (std::uint32_t f = 0; f < n_folds; ++f) {
    std::vector<std::size_t> seen;
    std::vector<std::size_t> held;
    for (std::size_t i = 0; i < fold.size(); ++i) (fold[i] == f ? held : seen).push_back(i);
    if (seen.empty() || held.empty()) continue;
    const SymmetricTiles among_seen = k.part(seen, threads);
    MatrixRowsF across(as_index(held.size()), as_index(seen.size()));
    parallel_for(held.size(), threads, [&](std::size_t i) {
      for (std::size_t j = 0; j < seen.size(); ++j) {
        across(as_index(i), as_index(j)) = k.at(held[i], seen[j]);
      }
    });
    const MatrixRowsF seen_target = rows_of(target, seen);
    for (std::size_t a = 0; a < alphas.size(); ++a) {
      SymmetricTiles factor = among_seen;
      factor.add_to_diagonal(static_cast<float>(alphas[a]));
      factor.factor(threads);
      const MatrixRowsF b = factor.solve(seen_target, threads);
      const MatrixRowsF predicted = across * b;
      for (std::size_t i = 0; i < held.size(); ++i) {
        out[a].row(as_index(held[i])) = predicted.row(as_index(i));
      }
    }
  }
  return out;
}

// Block c takes every n_blocks-th question: neighbours in a file are often alike.
std::vector<std::vector<std::size_t>> deal(std::size_t n, std::size_t n_blocks) {
  std::vector<std::vector<std::size_t>> blocks(n_blocks);
  for (std::size_t row = 0; row < n; ++row) blocks[row % n_blocks].push_back(row);
  return blocks;
}

}  // namespace

std::size_t count_blocks(std::size_t n, std::size_t rows_per_block) {
  constexpr double kFullBlocks = 3.0;
  const auto full = static_cast<double>(rows_per_block);
  const double rows = full * std::min(1.0, std::sqrt(kFullBlocks * full / static_cast<double>(n)));
  return static_cast<std::size_t>(std::ceil(static_cast<double>(n) / rows));
}

std::vector<RidgeFit> fit_ridge(const RidgeProblem& problem, std::span<const double> alphas,
                                const RidgeOptions& options) {
  const auto n = static_cast<std::size_t>(problem.target.rows());
  OOE_CHECK(n > 0 && problem.ngrams.n_rows() == n && problem.dense.rows() == as_index(n),
            "features and targets describe the same questions");
  const std::size_t n_blocks = count_blocks(n, options.rows_per_block);
  const auto q = problem.target.cols();
  std::vector<RidgeFit> fits(alphas.size());
  for (RidgeFit& fit : fits) {
    fit.left_out.resize(as_index(n), q);
    fit.ngram_weights.setZero(as_index(problem.ngrams.width), q);
    fit.dense_weights.setZero(problem.dense.cols(), q);
  }
  const auto share = static_cast<float>(1.0 / static_cast<double>(n_blocks));
  for (const std::vector<std::size_t>& rows : deal(n, n_blocks)) {
    const MatrixRowsF dense = rows_of(problem.dense, rows);
    const MatrixRowsF target = rows_of(problem.target, rows);
    SymmetricTiles k = gram(problem.ngrams, rows, options.threads);
    add_gram(dense, 1.0F, k, options.threads);
    std::vector<std::uint32_t> fold;
    if (!problem.fold.empty()) {
      for (const std::size_t row : rows) fold.push_back(problem.fold[row]);
    }
    const std::vector<MatrixRowsF> out = predict_folds(k, target, fold, alphas, options.threads);
    for (std::size_t a = 0; a < alphas.size(); ++a) {
      const auto alpha = static_cast<float>(alphas[a]);
      const bool last = a + 1 == alphas.size();
      SymmetricTiles factor = last ? std::move(k) : k;
      factor.add_to_diagonal(alpha);
      factor.factor(options.threads);
      const MatrixRowsF b = factor.solve(target, options.threads);
      RidgeFit& fit = fits[a];
      // In place of x_i W_own: y_i - alpha b_i, for K B = Y - alpha B.
      if (fold.empty()) {
        const std::vector<float> inverse_diagonal = factor.inverse_diagonal(options.threads);
        for (std::size_t i = 0; i < rows.size(); ++i) {
          fit.left_out.row(as_index(rows[i])) =
              share * (alpha - 1.0F / inverse_diagonal[i]) * b.row(as_index(i));
        }
      } else {
        for (std::size_t i = 0; i < rows.size(); ++i) {
          const Eigen::Index r = as_index(i);
          fit.left_out.row(as_index(rows[i])) =
              share * (out[a].row(r) - target.row(r) + alpha * b.row(r));
        }
      }
      add_ngram_weights(problem.ngrams, rows, b, share, fit.ngram_weights, options.threads);
      fit.dense_weights += share * dense.transpose() * b;
    }
  }
  for (RidgeFit& fit : fits) {
    // What was stored is (out_i - x_i W_own) / n_blocks; x_i W is still to come.
    constexpr std::size_t kBlock = 256;
    parallel_for((n + kBlock - 1) / kBlock, options.threads, [&](std::size_t block) {
      for (std::size_t i = block * kBlock; i < std::min(n, (block + 1) * kBlock); ++i) {
        auto prediction = fit.left_out.row(as_index(i));
        prediction += problem.dense.row(as_index(i)) * fit.dense_weights;
        for (std::size_t e = problem.ngrams.begin[i]; e < problem.ngrams.begin[i + 1]; ++e) {
          prediction +=
              problem.ngrams.value[e] * fit.ngram_weights.row(as_index(problem.ngrams.index[e]));
        }
      }
    });
  }
  return fits;
}

}  // namespace ooe::learn
