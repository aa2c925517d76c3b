#include "report/axis.h"

#include <algorithm>

namespace ooe::report {
namespace {

constexpr double kTolerance = 1e-9;  // what rounding may put a tick beyond the end of its axis

double round_step(double rough) {
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  for (const double factor : kOneTwoFive) {
    if (factor * power >= rough * (1.0 - kTolerance)) return factor * power;
  }
  return 10.0 * power;
}

}  // namespace

Axis axis_over(std::span<const double> values, bool logarithmic) {
  const auto [least, greatest] = std::ranges::minmax_element(values);
  return {*least, *greatest, logarithmic};
}

Axis with_air(const Axis& axis, double air) {
  if (!axis.logarithmic) return {axis.low - air, axis.high + air, false};
  const double times = std::pow(10.0, air);
  return {axis.low / times, axis.high * times, true};
}

std::vector<double> even_ticks(const Axis& axis, double count) {
  const double step = round_step((axis.high - axis.low) / count);
  const double first = std::ceil(axis.low / step - kTolerance);
  std::vector<double> ticks;
  // Counted in whole numbers: beyond 2^53, where an axis of two neighbouring numbers is, a double
  // plus one is itself.
  for (int i = 0; (first + i) * step <= axis.high + kTolerance * step; ++i) {
    const double tick = (first + i) * step;
    ticks.push_back(tick == 0.0 ? 0.0 : tick);  // never "-0"
  }
  return ticks;
}

std::vector<double> decade_ticks(const Axis& axis, std::span<const double> factors) {
  std::vector<double> ticks;
  const int highest = static_cast<int>(std::ceil(std::log10(axis.high)));
  for (int power = static_cast<int>(std::floor(std::log10(axis.low))); power <= highest; ++power) {
    for (const double factor : factors) {
      const double tick = factor * std::pow(10.0, power);
      const bool inside =
          tick >= axis.low * (1.0 - kTolerance) && tick <= axis.high * (1.0 + kTolerance);
      if (inside) ticks.push_back(tick);
    }
  }
  return ticks;
}

}  // namespace ooe::report
