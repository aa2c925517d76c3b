// One axis of a plot in characters or a chart in pixels: a stretch of numbers, even or logarithmic,
// and the round numbers to write along it.
#pragma once

#include <array>
#include <cmath>
#include <span>
#include <vector>

namespace ooe::report {

struct Axis {
  double low = 0.0;
  double high = 1.0;
  bool logarithmic = false;  // Requires: low > 0

  // What is even along the axis: the value, or its decade.
  [[nodiscard]] double scaled(double value) const {
    return logarithmic ? std::log10(value) : value;
  }
  [[nodiscard]] double range() const { return scaled(high) - scaled(low); }
  // 0 at the low end, 1 at the high one.
  [[nodiscard]] double part(double value) const { return (scaled(value) - scaled(low)) / range(); }
};

// Returns the axis from the least to the greatest of `values`. Requires: some, all finite, and
// above 0 when `logarithmic`.
[[nodiscard]] Axis axis_over(std::span<const double> values, bool logarithmic);

// Returns the axis with both ends `air` further out; in decades when it is logarithmic.
[[nodiscard]] Axis with_air(const Axis& axis, double air);

inline constexpr std::array kOneTwoFive = {1.0, 2.0, 5.0};

// Returns the multiples of a step inside the axis. The step is 1, 2 or 5 times a power of ten, the
// smallest by which there are about `count` of them or fewer. Requires: high > low.
[[nodiscard]] std::vector<double> even_ticks(const Axis& axis, double count);

// Returns the numbers inside a logarithmic axis that are one of `factors` times a power of ten.
[[nodiscard]] std::vector<double> decade_ticks(const Axis& axis, std::span<const double> factors);

}  // namespace ooe::report
