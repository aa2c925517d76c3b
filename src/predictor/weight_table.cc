#include "predictor/weight_table.h"

#include <bit>
#include <utility>
#include <vector>

namespace ooe::predictor {

std::uint16_t to_bfloat16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return static_cast<std::uint16_t>((bits + 0x7FFFU + ((bits >> 16U) & 1U)) >> 16U);
}

float from_bfloat16(std::uint16_t value) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(value) << 16U);
}

WeightTable::WeightTable(const learn::MatrixRowsF& weights)
    : columns_(static_cast<std::size_t>(weights.cols())) {
  auto values =
      std::make_shared<std::vector<std::uint16_t>>(static_cast<std::size_t>(weights.size()));
  for (std::size_t i = 0; i < values->size(); ++i) (*values)[i] = to_bfloat16(weights.data()[i]);
  values_ = *values;
  owner_ = std::move(values);
}

WeightTable::WeightTable(std::span<const std::uint16_t> values, std::size_t columns,
                         std::shared_ptr<const void> owner)
    : values_(values), columns_(columns), owner_(std::move(owner)) {}

void WeightTable::add_rows(std::span<const std::uint32_t> rows, std::span<const float> scale,
                           float* sums) const {
  constexpr std::size_t kAhead = 8;        // rows
  constexpr std::size_t kLineValues = 32;  // values in a cache line
  const std::size_t columns = columns_;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    if (r + kAhead < rows.size()) {
      const std::uint16_t* next = values_.data() + std::size_t{rows[r + kAhead]} * columns;
      for (std::size_t i = 0; i < columns; i += kLineValues) __builtin_prefetch(next + i);
    }
    const std::uint16_t* from = values_.data() + std::size_t{rows[r]} * columns;
    const float factor = scale[r];
    for (std::size_t i = 0; i < columns; ++i) sums[i] += factor * from_bfloat16(from[i]);
  }
}

}  // namespace ooe::predictor
