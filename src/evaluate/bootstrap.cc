#include "evaluate/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.h"
#include "base/parallel.h"
#include "base/rng.h"

namespace ooe::evaluate {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kTail = 0.025;                   // on each side
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

double weighted_mean(const std::vector<double>& column, const std::vector<double>& times) {
  double sum = 0.0;
  double count = 0.0;
  for (std::size_t query = 0; query < column.size(); ++query) {
    if (std::isnan(column[query])) continue;
    sum += times[query] * column[query];
    count += times[query];
  }
  return count > 0.0 ? sum / count : kNaN;
}

}  // namespace

std::vector<Interval> bootstrap(std::span<const std::vector<double>> columns,
                                const BootstrapOptions& options) {
  std::vector<Interval> intervals;
  if (columns.empty()) return intervals;
  std::vector<double> times(columns.front().size(), 1.0);
  for (const auto& column : columns) {
    OOE_CHECK(column.size() == times.size(), "every figure of every query");
    intervals.push_back({weighted_mean(column, times), kNaN, kNaN});
  }
  if (times.empty()) return intervals;

  // Each resample has its own generator, so that the answer does not depend on the threads.
  std::vector<std::vector<double>> means(columns.size(),
                                         std::vector<double>(options.resamples, kNaN));
  parallel_for(options.resamples, 0, [&](std::size_t resample) {
    Rng rng(options.seed * kSeedStride + resample);
    std::vector<double> drawn(times.size());
    draw(rng, drawn);
    for (std::size_t i = 0; i < columns.size(); ++i) {
      means[i][resample] = weighted_mean(columns[i], drawn);
    }
  });
  for (std::size_t i = 0; i < columns.size(); ++i) {
    std::erase_if(means[i], [](double mean) { return std::isnan(mean); });
    if (means[i].empty()) continue;
    std::ranges::sort(means[i]);
    intervals[i].low = quantile(means[i], kTail);
    intervals[i].high = quantile(means[i], 1.0 - kTail);
  }
  return intervals;
}

}  // namespace ooe::evaluate
