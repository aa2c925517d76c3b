#include "predictor/weight_table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "base/check.h"
#include "learn/as_index.h"

namespace ooe::predictor {
namespace {

using learn::as_index;

constexpr float kByteMax = 127.0F;
constexpr float kScaleMax = 1e12F;
constexpr std::size_t kRowAlignment = 16;
constexpr std::size_t kLineBytes = 64;  // a cache line
constexpr std::size_t kAtOnce = 4;      // rows: sums are read and written once for all of them
constexpr std::size_t kAhead = 12;      // rows

struct Row {
  float factor;
  const std::int8_t* values;
};

[[gnu::always_inline]] inline void add(const Row* rows, std::size_t columns, float* sums) {
  for (std::size_t j = 0; j < columns; ++j) {
    float sum = sums[j];
    for (std::size_t r = 0; r < kAtOnce; ++r) {
      sum += rows[r].factor * static_cast<float>(rows[r].values[j]);
    }
    sums[j] = sum;
  }
}

using Add = void (*)(const Row* rows, std::size_t columns, float* sums);

void add_narrow(const Row* rows, std::size_t columns, float* sums) { add(rows, columns, sums); }

#ifdef __x86_64__
// Without FMA, which rounds once where others round twice.
[[gnu::target("avx2")]] void add_wide(const Row* rows, std::size_t columns, float* sums) {
  add(rows, columns, sums);
}
Add widest() { return __builtin_cpu_supports("avx2") != 0 ? add_wide : add_narrow; }
#else
Add widest() { return add_narrow; }
#endif

}  // namespace

WeightBytes to_bytes(const learn::MatrixRowsF& weights) {
  const auto columns = static_cast<std::size_t>(weights.cols());
  WeightBytes bytes;
  for (Eigen::Index j = 0; j < weights.cols(); ++j) {
    const double mean_square = weights.col(j).cast<double>().squaredNorm() /
                               std::max(1.0, static_cast<double>(weights.rows()));
    bytes.column_scale.push_back(static_cast<float>(std::sqrt(mean_square)));
  }
  bytes.values.reserve(static_cast<std::size_t>(weights.size()));
  std::vector<float> row(columns);
  for (Eigen::Index i = 0; i < weights.rows(); ++i) {
    float largest = 0.0F;
    for (std::size_t j = 0; j < columns; ++j) {
      const float scale = bytes.column_scale[j];
      row[j] = scale > 0.0F ? weights(i, as_index(j)) / scale : 0.0F;
      largest = std::max(largest, std::abs(row[j]));
    }
    const float scale = largest / kByteMax;
    bytes.row_scale.push_back(scale);
    for (const float value : row) {
      const float steps = scale > 0.0F ? std::nearbyint(value / scale) : 0.0F;
      bytes.values.push_back(static_cast<std::int8_t>(std::clamp(steps, -kByteMax, kByteMax)));
    }
  }
  return bytes;
}

WeightTable::WeightTable(const WeightBytes& bytes)
    : column_scale_(bytes.column_scale),
      rows_(bytes.row_scale.size()),
      stride_((sizeof(float) + columns() + kRowAlignment - 1) / kRowAlignment * kRowAlignment),
      memory_(rows_ * stride_) {
  OOE_CHECK(bytes.values.size() == rows_ * columns(), "a byte a weight");
  for (std::size_t i = 0; i < rows_; ++i) {
    std::byte* const to = memory_.data() + i * stride_;
    std::memcpy(to, &bytes.row_scale[i], sizeof(float));
    std::memcpy(to + sizeof(float), bytes.values.data() + i * columns(), columns());
  }
}

float WeightTable::row_scale(std::size_t i) const {
  float scale = 0.0F;
  std::memcpy(&scale, row(i), sizeof scale);
  return scale;
}

WeightBytes WeightTable::bytes() const {
  WeightBytes bytes{.row_scale = std::vector<float>(rows_),
                    .column_scale = column_scale_,
                    .values = std::vector<std::int8_t>(rows_ * columns())};
  for (std::size_t i = 0; i < rows_; ++i) {
    bytes.row_scale[i] = row_scale(i);
    std::memcpy(bytes.values.data() + i * columns(), row(i) + sizeof(float), columns());
  }
  return bytes;
}

bool WeightTable::is_sound() const {
  const auto sound = [](float scale) { return scale >= 0.0F && scale < kScaleMax; };
  for (std::size_t i = 0; i < rows_; ++i) {
    if (!sound(row_scale(i))) return false;
  }
  return std::ranges::all_of(column_scale_, sound);
}

void WeightTable::sum_rows(std::span<const std::uint32_t> rows, std::span<const float> scale,
                           std::span<float> sums) const {
  static const Add kAdd = widest();
  std::ranges::fill(sums, 0.0F);
  if (rows.empty()) return;
  const auto fetch = [&](std::size_t r) {
    if (r >= rows.size()) return;
    const std::byte* const next = row(rows[r]);
    for (std::size_t i = 0; i < stride_; i += kLineBytes) __builtin_prefetch(next + i);
    __builtin_prefetch(next + stride_ - 1);
  };
  for (std::size_t r = 0; r < kAhead; ++r) fetch(r);
  std::array<Row, kAtOnce> together{};
  for (std::size_t r = 0; r < rows.size(); r += kAtOnce) {
    for (std::size_t i = 0; i < kAtOnce; ++i) {
      fetch(r + kAhead + i);
      // Behind the last, that one again, times zero.
      const std::size_t at = std::min(r + i, rows.size() - 1);
      const std::byte* const from = row(rows[at]);
      together[i] = {.factor = at == r + i ? scale[at] * row_scale(rows[at]) : 0.0F,
                     .values = reinterpret_cast<const std::int8_t*>(from + sizeof(float))};
    }
    kAdd(together.data(), columns(), sums.data());
  }
  for (std::size_t j = 0; j < columns(); ++j) sums[j] *= column_scale_[j];
}

}  // namespace ooe::predictor
