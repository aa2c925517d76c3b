// Intervals by bootstrap over queries (Efron 1979): queries are drawn again with replacement, all
// their figures together, so that intervals of differences are paired.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ooe::evaluate {

// A mean over queries with its 95% percentile interval. All NaN when no query has the figure.
struct Interval {
  double mean = 0.0;
  double low = 0.0;
  double high = 0.0;
};

struct BootstrapOptions {
  std::size_t resamples = 1'000;
  std::uint64_t seed = 1;
};

// Shape: each column holds one figure of every query, [n_queries]; NaN where it does not apply, and
// such queries are left out of that column's mean. Returns one interval a column, all from the same
// resamples. Cost: O(resamples * n_queries * columns).
[[nodiscard]] std::vector<Interval> bootstrap(std::span<const std::vector<double>> columns,
                                              const BootstrapOptions& options);

}  // namespace ooe::evaluate
