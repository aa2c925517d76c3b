// Who is left out when: folds by hash, and the rows of a data set.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/outcome.h"

namespace ooe::predictor {

// The fold of a query: a hash of its id and the seed, so that it does not depend on what else is in
// the file, and equal texts share one. Requires: folds > 0.
[[nodiscard]] std::uint32_t fold_of(const QueryId& query, std::uint64_t seed, std::size_t folds);

// Folds inside folds hash with seeds of their own, or they would repeat the outer ones.
[[nodiscard]] constexpr std::uint64_t inner_seed(std::uint64_t seed, std::uint64_t level) {
  return seed + 0x9E37'79B9'7F4A'7C15U * (level + 1);  // the golden ratio: far apart
}

// Rows of `data` outside the fold, and those in it.
[[nodiscard]] std::pair<std::vector<std::size_t>, std::vector<std::size_t>> split_at_fold(
    const Dataset& data, std::uint64_t seed, std::size_t folds, std::size_t held_out);

// One row for each different text: the mean of what was measured, labels of the first. Otherwise
// what leaves one question out would still have its twin in.
[[nodiscard]] Dataset merge_equal_texts(const Dataset& data);

// Returns the texts of `rows`, in that order; views of `data`.
[[nodiscard]] std::vector<std::string_view> texts_of(const Dataset& data,
                                                     std::span<const std::size_t> rows);

[[nodiscard]] std::vector<std::size_t> all_rows(const Dataset& data);

}  // namespace ooe::predictor
