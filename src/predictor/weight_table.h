// A large matrix of weights, one row an n-gram, in a byte a weight: weight(i, j) = byte(i, j) *
// row_scale(i) * column_scale(j). A column's scale is the root of its mean square, so that columns
// of different kinds share a row; a row's makes its largest weight 127. A rounding is at most half
// of a row's scale, and hundreds of rows are summed, some up and some down; what it costs in log
// loss is in docs/decisions/0020-weights-in-a-byte.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/huge_pages.h"
#include "learn/symmetric_tiles.h"

namespace ooe::predictor {

// A table as a file holds it. Shape: r rows, c columns.
struct WeightBytes {
  std::vector<float> row_scale;     // [r]
  std::vector<float> column_scale;  // [c]
  std::vector<std::int8_t> values;  // [r, c]
};

[[nodiscard]] WeightBytes to_bytes(const learn::MatrixRowsF& weights);

class WeightTable {
 public:
  WeightTable() = default;
  // Requires: values.size() == row_scale.size() * column_scale.size().
  explicit WeightTable(const WeightBytes& bytes);

  [[nodiscard]] std::size_t columns() const { return column_scale_.size(); }
  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t memory_bytes() const { return memory_.size(); }
  [[nodiscard]] WeightBytes bytes() const;  // what it was made of
  // Scales are not negative, and finite: so is all that is summed of them, within a float's range.
  [[nodiscard]] bool is_sound() const;

  // sums = sum_i scale_i * row_i. Shape: sums is [columns], or any when there are no
  // rows. Rows are far apart in memory: the next
  // ones are fetched while the last are added. The same bits on every processor.
  void sum_rows(std::span<const std::uint32_t> rows, std::span<const float> scale,
                std::span<float> sums) const;

 private:
  [[nodiscard]] const std::byte* row(std::size_t i) const { return memory_.data() + i * stride_; }

  [[nodiscard]] float row_scale(std::size_t i) const;

  std::vector<float> column_scale_;
  std::size_t rows_ = 0;
  std::size_t stride_ = 0;            // bytes from row to row
  HugePageVector<std::byte> memory_;  // a row: its scale, then its bytes
};

}  // namespace ooe::predictor
