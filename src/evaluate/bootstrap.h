// Intervals by bootstrap over queries (Efron 1979): queries are drawn again with replacement, all
// their figures together, so that intervals of differences are paired.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/nan.h"

namespace ooe::evaluate {

// A figure over queries with its percentile interval, of 95% by default. All NaN when no query has
// the figure.
struct Interval {
  double mean = 0.0;
  double low = 0.0;
  double high = 0.0;
};

inline constexpr Interval kNoInterval{kNaN, kNaN, kNaN};

struct BootstrapOptions {
  std::size_t resamples = 1'000;
  std::uint64_t seed = 1;
  // On each side of the interval. Of the best of m an interval of 0.025 / m covers as often as one
  // of 0.025 does for a figure named beforehand (Bonferroni); below 1 / resamples it is the range.
  double tail = 0.025;
};

// Figures of a sample in which query i occurs times[i] times. Shape: always the same length; NaN
// for a figure that this sample does not have. Threads: called from several at once.
using Statistic = std::function<std::vector<double>(std::span<const double> times)>;

// Returns every figure of the data itself (`times` all 1) with the interval of its resamples, all
// figures from the same resamples. Cost: `resamples` calls.
[[nodiscard]] std::vector<Interval> bootstrap(std::size_t n_queries, const Statistic& statistic,
                                              const BootstrapOptions& options);

// Shape: each column holds one figure of every query, [n_queries]; NaN where it does not apply, and
// such queries are left out of that column's mean. Returns one interval a column, all from the same
// resamples. Cost: O(resamples * n_queries * columns).
[[nodiscard]] std::vector<Interval> bootstrap(std::span<const std::vector<double>> columns,
                                              const BootstrapOptions& options);

// Mean of a column in a sample, of queries that have the figure; NaN when none has.
[[nodiscard]] double weighted_mean(std::span<const double> column, std::span<const double> times);

// Returns a - b, query by query: NaN where either does not apply. Requires: as many queries.
[[nodiscard]] std::vector<double> difference(std::span<const double> a, std::span<const double> b);

}  // namespace ooe::evaluate
