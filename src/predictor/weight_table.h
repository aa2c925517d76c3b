// A large matrix of weights, one row an n-gram, in half the memory: bfloat16, the upper half of a
// float, rounded to nearest even. Eight bits of precision in every size of number are plenty where
// hundreds of rows are summed: what it costs in log loss is printed by the predictor's bench.
// Rows belong to a vector of our own or to a mapped model file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "learn/symmetric_tiles.h"

namespace ooe::predictor {

[[nodiscard]] std::uint16_t to_bfloat16(float value);
[[nodiscard]] float from_bfloat16(std::uint16_t value);

class WeightTable {
 public:
  WeightTable() = default;
  explicit WeightTable(const learn::MatrixRowsF& weights);
  // Views memory that `owner` keeps alive. Requires: values.size() is a multiple of columns.
  WeightTable(std::span<const std::uint16_t> values, std::size_t columns,
              std::shared_ptr<const void> owner);

  [[nodiscard]] std::size_t columns() const { return columns_; }
  [[nodiscard]] std::size_t rows() const { return columns_ == 0 ? 0 : values_.size() / columns_; }
  [[nodiscard]] std::span<const std::uint16_t> values() const { return values_; }

  // sums += sum_i scale_i * row_i. Shape: sums is [columns]. Rows are far apart in memory: the next
  // ones are fetched while the last are added.
  void add_rows(std::span<const std::uint32_t> rows, std::span<const float> scale,
                float* sums) const;

 private:
  std::span<const std::uint16_t> values_;
  std::size_t columns_ = 0;
  std::shared_ptr<const void> owner_;
};

}  // namespace ooe::predictor
