// Parts of a table: some of its rows, or some of its columns, in the order asked. A place that is
// asked for twice is there twice.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/outcome.h"

namespace ooe {

// These rows of a table of `m` columns; of an empty one nothing. Shape: [n, m], row-major.
template <class Value>
[[nodiscard]] std::vector<Value> subset_rows(const std::vector<Value>& table,
                                             const std::vector<std::size_t>& rows, std::size_t m) {
  std::vector<Value> part;
  if (table.empty()) return part;
  part.reserve(rows.size() * m);
  for (const std::size_t row : rows) {
    const auto begin = table.begin() + static_cast<std::ptrdiff_t>(row * m);
    part.insert(part.end(), begin, begin + static_cast<std::ptrdiff_t>(m));
  }
  return part;
}

// These columns, likewise.
template <class Value>
[[nodiscard]] std::vector<Value> subset_columns(const std::vector<Value>& table,
                                                std::span<const std::size_t> columns,
                                                std::size_t m) {
  std::vector<Value> part;
  if (table.empty()) return part;
  const std::size_t n = table.size() / m;
  part.reserve(n * columns.size());
  for (std::size_t i = 0; i < n; ++i) {
    for (const std::size_t column : columns) part.push_back(table[i * m + column]);
  }
  return part;
}

// Only these experts.
[[nodiscard]] OutcomeMatrix subset_columns(const OutcomeMatrix& outcomes,
                                           const std::vector<std::size_t>& experts);

// Only these questions.
[[nodiscard]] Dataset subset_rows(const Dataset& data, const std::vector<std::size_t>& rows);

// Only these experts. An expert beyond the end of the prices has none in the part either.
[[nodiscard]] Dataset subset_columns(const Dataset& data, const std::vector<std::size_t>& experts);

}  // namespace ooe
