#include "evaluate/bootstrap.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "base/nan.h"
#include "base/parallel.h"
#include "base/rng.h"

namespace ooe::evaluate {
namespace {

constexpr std::uint64_t kSeedStride = 1'000'003;  // keeps the resamples of near seeds apart

// Returns the p-quantile of sorted values, linear between neighbours.
double quantile(const std::vector<double>& sorted, double p) {
  const double place = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

// How often each query was drawn: one pass over the columns a resample, in order of memory.
void draw(Rng& rng, std::vector<double>& times) {
  std::ranges::fill(times, 0.0);
  for (std::size_t i = 0; i < times.size(); ++i) times[rng.below(times.size())] += 1.0;
}

}  // namespace

std::vector<Interval> bootstrap(std::size_t n_queries, const Statistic& statistic,
                                const BootstrapOptions& options) {
  const std::vector<double> once(n_queries, 1.0);
  std::vector<Interval> intervals;
  for (const double figure : statistic(once)) intervals.push_back({figure, kNaN, kNaN});
  if (n_queries == 0) return intervals;

  // Each resample has its own generator, so that the answer does not depend on the threads.
  std::vector<std::vector<double>> resampled(options.resamples);
  parallel_for(options.resamples, 0, [&](std::size_t resample) {
    Rng rng(options.seed * kSeedStride + resample);
    std::vector<double> times(n_queries);
    draw(rng, times);
    resampled[resample] = statistic(times);
  });
  for (std::size_t i = 0; i < intervals.size(); ++i) {
    std::vector<double> values;
    for (const auto& figures : resampled) {
      if (!std::isnan(figures[i])) values.push_back(figures[i]);
    }
    if (values.empty() || std::isnan(intervals[i].mean)) continue;
    std::ranges::sort(values);
    intervals[i].low = quantile(values, options.tail);
    intervals[i].high = quantile(values, 1.0 - options.tail);
  }
  return intervals;
}

std::vector<Interval> bootstrap(std::span<const std::vector<double>> columns,
                                const BootstrapOptions& options) {
  if (columns.empty()) return {};
  const std::size_t n = columns.front().size();
  for (const auto& column : columns) OOE_CHECK(column.size() == n, "every figure of every query");
  const Statistic means = [&](std::span<const double> times) {
    std::vector<double> figures;
    figures.reserve(columns.size());
    for (const auto& column : columns) figures.push_back(weighted_mean(column, times));
    return figures;
  };
  return bootstrap(n, means, options);
}

double weighted_mean(std::span<const double> column, std::span<const double> times) {
  double sum = 0.0;
  double count = 0.0;
  for (std::size_t query = 0; query < column.size(); ++query) {
    if (std::isnan(column[query])) continue;
    sum += times[query] * column[query];
    count += times[query];
  }
  return count > 0.0 ? sum / count : kNaN;
}

std::vector<double> difference(std::span<const double> a, std::span<const double> b) {
  OOE_CHECK(a.size() == b.size(), "differences are of the same queries");
  std::vector<double> result(a.size());
  for (std::size_t query = 0; query < a.size(); ++query) result[query] = a[query] - b[query];
  return result;
}

}  // namespace ooe::evaluate
