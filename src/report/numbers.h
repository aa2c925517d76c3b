// Numbers as people read them. What is not a number prints as "-".
#pragma once

#include <cmath>
#include <cstddef>
#include <string>

#include <fmt/format.h>

#include "evaluate/bootstrap.h"

namespace ooe::report {

// "12,412"
[[nodiscard]] inline std::string count_text(std::size_t count) {
  std::string text = std::to_string(count);
  for (std::size_t place = text.size(); place > 3; place -= 3) text.insert(place - 3, ",");
  return text;
}

// "81.2": percent without its sign, which the title has.
[[nodiscard]] inline std::string percent_text(double fraction) {
  return std::isnan(fraction) ? "-" : fmt::format("{:.1f}", 100.0 * fraction);
}

// "81.24": for figures that published tables are checked against.
[[nodiscard]] inline std::string fine_percent_text(double fraction) {
  return std::isnan(fraction) ? "-" : fmt::format("{:.2f}", 100.0 * fraction);
}

[[nodiscard]] inline std::string figure_text(double value) {
  return std::isnan(value) ? "-" : fmt::format("{:.3f}", value);
}

// About three significant digits, never an exponent.
[[nodiscard]] inline std::string usd_text(double usd) {
  if (std::isnan(usd)) return "-";
  if (usd == 0.0) return "0";
  const double size = std::abs(usd);
  return fmt::format("{:.{}f}", usd,
                     size >= 100    ? 0
                     : size >= 10   ? 1
                     : size >= 1    ? 2
                     : size >= 0.01 ? 3
                                    : 6);
}

// "81.2 [80.1, 82.3]"
[[nodiscard]] inline std::string percent_text(const evaluate::Interval& interval) {
  if (std::isnan(interval.mean)) return "-";
  return fmt::format("{} [{}, {}]", percent_text(interval.mean), percent_text(interval.low),
                     percent_text(interval.high));
}

// "+1.2 [+0.6, +1.8]"
[[nodiscard]] inline std::string difference_text(const evaluate::Interval& interval) {
  if (std::isnan(interval.mean)) return "-";
  return fmt::format("{:+.1f} [{:+.1f}, {:+.1f}]", 100.0 * interval.mean, 100.0 * interval.low,
                     100.0 * interval.high);
}

}  // namespace ooe::report
