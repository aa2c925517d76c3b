// The nearest of some sparse vectors to others, by cosine; exact, through an inverted index.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "learn/sparse_rows.h"

namespace ooe::learn {

// Returns for each row of `queries` the `count` rows of `base` with the largest inner product, best
// first, ties to the lower row; fewer when the base has fewer. Requires: equal widths.
// Cost: for each n-gram of a query, the number of rows that have it.
[[nodiscard]] std::vector<std::vector<std::uint32_t>> nearest_rows(const SparseRows& base,
                                                                   const SparseRows& queries,
                                                                   std::size_t count,
                                                                   std::size_t threads);

}  // namespace ooe::learn
