#include "learn/symmetric_tiles.h"

#include <algorithm>
#include <cmath>

#include <Eigen/Cholesky>
#include <cblas.h>

#include "base/check.h"
#include "base/parallel.h"
#include "learn/as_index.h"

namespace ooe::learn {
namespace {

// One thread a call: tiles are the unit of parallel work, and a sum that BLAS divided between
// threads would depend on their number.
void tell_blas_to_use_one_thread() {
  static const bool told = (openblas_set_num_threads(1), true);
  (void)told;
}

// The factor of one tile, in place; the upper half becomes zero. Sums in double: 384 rows take no
// time, and it is here that cancellation would hurt.
void factor_tile(float* a, std::size_t rows) {
  const auto n = as_index(rows);
  Eigen::Map<MatrixRowsF> tile(a, n, n);
  const Eigen::MatrixXd wide = tile.cast<double>();
  const Eigen::LLT<Eigen::MatrixXd> llt(wide);
  OOE_CHECK(llt.info() == Eigen::Success, "a ridge makes the matrix positive definite");
  tile = Eigen::MatrixXd(llt.matrixL()).cast<float>();
}

}  // namespace

SymmetricTiles::SymmetricTiles(std::size_t n)
    : n_(n),
      tile_rows_(std::clamp<std::size_t>(n, 1, kTileRowsMax)),
      n_tiles_((n + tile_rows_ - 1) / tile_rows_),
      data_(n_tiles_ * (n_tiles_ + 1) / 2 * tile_rows_ * tile_rows_, 0.0F) {
  tell_blas_to_use_one_thread();
  for (std::size_t row = n; row < n_tiles_ * tile_rows_; ++row) {
    const std::size_t r = row % tile_rows_;
    tile(n_tiles_ - 1, n_tiles_ - 1)[r * tile_rows_ + r] = 1.0F;
  }
}

SymmetricTiles SymmetricTiles::part(std::span<const std::size_t> rows, std::size_t threads) const {
  SymmetricTiles result(rows.size());
  const std::size_t t = result.tile_rows_;
  parallel_for(result.n_tiles_, threads, [&](std::size_t block) {
    const std::size_t end = std::min(rows.size(), (block + 1) * t);
    for (std::size_t i = block * t; i < end; ++i) {
      for (std::size_t j = 0; j < end; ++j) {  // the diagonal tile is whole
        result.tile(block, j / t)[i % t * t + j % t] = at(rows[i], rows[j]);
      }
    }
  });
  return result;
}

void SymmetricTiles::add_to_diagonal(float value) {
  for (std::size_t row = 0; row < n_; ++row) {
    const std::size_t r = row % tile_rows_;
    tile(row / tile_rows_, row / tile_rows_)[r * tile_rows_ + r] += value;
  }
}

void SymmetricTiles::factor(std::size_t threads) {
  const auto t = static_cast<int>(tile_rows_);
  for (std::size_t k = 0; k < n_tiles_; ++k) {
    factor_tile(tile(k, k), tile_rows_);
    const std::size_t below = n_tiles_ - k - 1;
    parallel_for(below, threads, [&](std::size_t i) {
      cblas_strsm(CblasRowMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, t, t, 1.0F,
                  tile(k, k), t, tile(k + 1 + i, k), t);
    });
    parallel_for(below * (below + 1) / 2, threads, [&](std::size_t pair) {
      // Row by row through the lower half that is left.
      auto i =
          static_cast<std::size_t>((std::sqrt(8.0 * static_cast<double>(pair) + 1.0) - 1.0) / 2.0);
      while (i * (i + 1) / 2 > pair) --i;
      while ((i + 1) * (i + 2) / 2 <= pair) ++i;
      const std::size_t j = pair - i * (i + 1) / 2;
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, t, t, t, -1.0F, tile(k + 1 + i, k), t,
                  tile(k + 1 + j, k), t, 1.0F, tile(k + 1 + i, k + 1 + j), t);
    });
  }
}

MatrixRowsF SymmetricTiles::solve(const MatrixRowsF& b, std::size_t threads) const {
  OOE_CHECK(static_cast<std::size_t>(b.rows()) == n_, "one right-hand row for each row");
  MatrixRowsF x = MatrixRowsF::Zero(as_index(n_tiles_ * tile_rows_), b.cols());
  x.topRows(b.rows()) = b;
  const auto t = static_cast<int>(tile_rows_);
  const auto q = static_cast<int>(b.cols());
  if (q == 0) return b;
  const auto block = [&](std::size_t i) {
    return x.data() + i * tile_rows_ * static_cast<std::size_t>(q);
  };
  for (std::size_t k = 0; k < n_tiles_; ++k) {  // L Y = B
    cblas_strsm(CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, t, q, 1.0F,
                tile(k, k), t, block(k), q);
    parallel_for(n_tiles_ - k - 1, threads, [&](std::size_t below) {
      const std::size_t i = k + 1 + below;
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, t, q, t, -1.0F, tile(i, k), t,
                  block(k), q, 1.0F, block(i), q);
    });
  }
  for (std::size_t k = n_tiles_; k-- > 0;) {  // L' X = Y
    cblas_strsm(CblasRowMajor, CblasLeft, CblasLower, CblasTrans, CblasNonUnit, t, q, 1.0F,
                tile(k, k), t, block(k), q);
    parallel_for(k, threads, [&](std::size_t i) {
      cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, t, q, t, -1.0F, tile(k, i), t, block(k),
                  q, 1.0F, block(i), q);
    });
  }
  return x.topRows(b.rows());
}

std::vector<float> SymmetricTiles::inverse_diagonal(std::size_t threads) const {
  const auto t = static_cast<int>(tile_rows_);
  std::vector<float> diagonal(n_tiles_ * tile_rows_, 0.0F);
  // Block column j of L^-1 by forward substitution; the long columns, the first ones, start first.
  parallel_for(n_tiles_, threads, [&](std::size_t j) {
    const std::size_t height = n_tiles_ - j;
    std::vector<float> column(height * tile_rows_ * tile_rows_, 0.0F);
    const auto block = [&](std::size_t i) {
      return column.data() + (i - j) * tile_rows_ * tile_rows_;
    };
    for (std::size_t r = 0; r < tile_rows_; ++r) block(j)[r * tile_rows_ + r] = 1.0F;
    for (std::size_t i = j; i < n_tiles_; ++i) {
      for (std::size_t k = j; k < i; ++k) {
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, t, t, t, -1.0F, tile(i, k), t,
                    block(k), t, 1.0F, block(i), t);
      }
      cblas_strsm(CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, t, t, 1.0F,
                  tile(i, i), t, block(i), t);
    }
    std::vector<double> squares(tile_rows_, 0.0);
    for (std::size_t r = 0; r < height * tile_rows_; ++r) {
      for (std::size_t c = 0; c < tile_rows_; ++c) {
        const double value = double{column[r * tile_rows_ + c]};
        squares[c] += value * value;
      }
    }
    for (std::size_t c = 0; c < tile_rows_; ++c) {
      diagonal[j * tile_rows_ + c] = static_cast<float>(squares[c]);
    }
  });
  diagonal.resize(n_);
  return diagonal;
}

}  // namespace ooe::learn
