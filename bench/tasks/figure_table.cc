#include "bench/tasks/figure_table.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>

#include <fmt/core.h>

#include "base/rng.h"

namespace ooe::tasks {
namespace {

constexpr int kResamples = 200;

}  // namespace

Rows everything(std::size_t n) {
  Rows rows(n);
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  return rows;
}

std::pair<double, double> bootstrap_interval(std::size_t n, const RowsFigure& figure) {
  Rng rng(1);
  std::vector<double> values;
  for (int b = 0; b < kResamples; ++b) {
    Rows rows(n);
    for (std::size_t& row : rows) row = rng.below(n);
    values.push_back(figure(rows));
  }
  std::erase_if(values, [](double v) { return std::isnan(v); });
  if (values.empty()) return {std::nan(""), std::nan("")};
  std::ranges::sort(values);
  const auto at = [&](double q) {
    return values[static_cast<std::size_t>(q * static_cast<double>(values.size() - 1))];
  };
  return {at(0.025), at(0.975)};
}

void FigureTable::print(const std::string& task, const Bar& bar,
                        const std::vector<std::string>& methods, std::size_t n,
                        const MethodFigure& figure) {
  const double ours = figure(kOurs, everything(n));
  const auto [low, high] =
      bootstrap_interval(n, [&](const Rows& rows) { return figure(kOurs, rows); });
  const bool met = bar.met_by(ours);
  const auto line = std::ranges::find(lines_, task, &Line::task);
  if (line == lines_.end()) {
    if (!met) count_miss();
    lines_.push_back({task, bar, {ours}});
  } else {
    line->ours.push_back(ours);
  }
  fmt::print("{:<46} {:>8.4f} [{:.4f}, {:.4f}]  floor {:<7g} {}  aim {:<7g} {:+.4f}", task, ours,
             low, high, bar.floor, met ? "met " : "MISSED", bar.aim, ours - bar.aim);
  for (const std::string& method : methods) {
    if (method != kOurs) fmt::print("  {} {:.4f}", method, figure(method, everything(n)));
  }
  fmt::print("\n");
  std::fflush(stdout);
}

void FigureTable::print_means() {
  missed_ = 0;
  for (const Line& line : lines_) {
    const auto n = static_cast<double>(line.ours.size());
    const double mean = std::accumulate(line.ours.begin(), line.ours.end(), 0.0) / n;
    const auto [least, most] = std::ranges::minmax(line.ours);
    const bool met = line.bar.met_by(mean);
    if (!met) count_miss();
    fmt::print("{:<46} {:>8.4f}  from {:.4f} to {:.4f}  floor {:<7g} {}  aim {:<7g} {:+.4f}\n",
               line.task, mean, least, most, line.bar.floor, met ? "met " : "MISSED", line.bar.aim,
               mean - line.bar.aim);
  }
}

}  // namespace ooe::tasks
