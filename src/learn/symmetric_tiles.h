// A symmetric positive definite matrix of some ten thousand rows, and what kernel ridge regression
// asks of it: its Cholesky factor, solutions, and the diagonal of its inverse. Only the lower half
// is kept, in square tiles, so that threads can work on tiles and each of them on memory in one
// piece: 2 n (n + kTileRowsMax) bytes at most. Tiles are multiplied by BLAS, one thread a tile;
// every sum has a fixed order, so the result does not depend on the number of threads. Source:
// right-looking tiled Cholesky, Buttari, Langou, Kurzak, Dongarra 2009.
#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include <Eigen/Core>

namespace ooe::learn {

using MatrixRowsF = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

inline constexpr std::size_t kTileRowsMax = 384;

class SymmetricTiles {
 public:
  // All zero. Rows beyond `n` that fill the last tile belong to the identity.
  explicit SymmetricTiles(std::size_t n);

  [[nodiscard]] std::size_t n() const { return n_; }
  [[nodiscard]] std::size_t n_tiles() const { return n_tiles_; }

  // Rows, and columns, of a tile: kTileRowsMax, or n where that is less.
  [[nodiscard]] std::size_t tile_rows() const { return tile_rows_; }

  // The tile at block row i, block column j <= i: tile_rows x tile_rows, row-major. Diagonal tiles
  // are whole, above the diagonal too.
  [[nodiscard]] float* tile(std::size_t i, std::size_t j) {
    return data_.data() + (i * (i + 1) / 2 + j) * tile_rows_ * tile_rows_;
  }
  [[nodiscard]] const float* tile(std::size_t i, std::size_t j) const {
    return data_.data() + (i * (i + 1) / 2 + j) * tile_rows_ * tile_rows_;
  }

  // Of a matrix not factored yet; any i and j below n.
  [[nodiscard]] float at(std::size_t i, std::size_t j) const {
    if (i < j) std::swap(i, j);
    return tile(i / tile_rows_, j / tile_rows_)[i % tile_rows_ * tile_rows_ + j % tile_rows_];
  }

  // The matrix of some of the rows, and the same columns, in their order. Before factor().
  [[nodiscard]] SymmetricTiles part(std::span<const std::size_t> rows, std::size_t threads) const;

  void add_to_diagonal(float value);

  // Replaces the matrix A by its factor L, A = L L'. Requires: A is positive definite.
  void factor(std::size_t threads);

  // Of a factored matrix: X with A X = B. Shape: b is [n, q].
  [[nodiscard]] MatrixRowsF solve(const MatrixRowsF& b, std::size_t threads) const;

  // Of a factored matrix: the diagonal of A^-1, which is the squared lengths of the columns of
  // L^-1.
  [[nodiscard]] std::vector<float> inverse_diagonal(std::size_t threads) const;

 private:
  std::size_t n_ = 0;
  std::size_t tile_rows_ = 1;
  std::size_t n_tiles_ = 0;
  std::vector<float> data_;
};

}  // namespace ooe::learn
