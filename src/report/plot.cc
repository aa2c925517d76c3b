#include "report/plot.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace ooe::report {
namespace {

// A stretch of numbers laid over a number of cells.
struct Axis {
  double low = 0.0;
  double high = 1.0;
  bool logarithmic = false;
  std::size_t cells = 1;

  [[nodiscard]] double place(double value) const { return logarithmic ? std::log10(value) : value; }
  [[nodiscard]] std::size_t cell(double value) const {
    const double part = (place(value) - place(low)) / (place(high) - place(low));
    const double last = static_cast<double>(cells - 1);
    return static_cast<std::size_t>(std::lround(std::clamp(part, 0.0, 1.0) * last));
  }
};

// Round steps: 1, 2 or 5 times a power of ten, at most `count` of them over the stretch.
double round_step(double stretch, std::size_t count) {
  const double rough = stretch / static_cast<double>(count);
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= rough * (1.0 - 1e-9)) return factor * power;
  }
  return 10.0 * power;
}

std::vector<double> ticks_of(const Axis& axis, std::size_t count) {
  std::vector<double> ticks;
  if (axis.logarithmic) {
    const int highest = static_cast<int>(std::ceil(std::log10(axis.high)));
    for (int power = static_cast<int>(std::floor(std::log10(axis.low))); power <= highest;
         ++power) {
      for (const double factor : {1.0, 2.0, 5.0}) {
        const double tick = factor * std::pow(10.0, power);
        if (tick >= axis.low * (1.0 - 1e-9) && tick <= axis.high * (1.0 + 1e-9)) {
          ticks.push_back(tick);
        }
      }
    }
    return ticks;
  }
  const double step = round_step(axis.high - axis.low, count);
  for (double k = std::ceil(axis.low / step - 1e-9); k * step <= axis.high + 1e-9 * step; ++k) {
    ticks.push_back(k * step);
  }
  return ticks;
}

std::string label_of(double value) {
  return fmt::format("{:.6g}", std::abs(value) < 1e-12 ? 0.0 : value);
}

// The axis over all values, with a little air on both sides.
template <class Get>
Axis axis_of(const std::vector<PlotPoint>& points, Get get, bool logarithmic, std::size_t cells) {
  Axis axis{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(),
            logarithmic, std::max<std::size_t>(cells, 2)};
  for (const PlotPoint& point : points) {
    axis.low = std::min(axis.low, get(point));
    axis.high = std::max(axis.high, get(point));
  }
  if (logarithmic) {
    const double air = std::max(std::pow(axis.high / axis.low, 0.03), 1.05);
    axis.low /= air;
    axis.high *= air;
    return axis;
  }
  const double stretch = axis.high - axis.low;
  const double air = stretch > 0.0 ? 0.04 * stretch : std::max(0.01, 0.1 * std::abs(axis.low));
  axis.low -= air;
  axis.high += air;
  return axis;
}

// The line of numbers under the plot; labels that would touch are left out.
std::string x_labels(const Axis& axis, const std::vector<double>& ticks, std::size_t width) {
  std::string line(width, ' ');
  std::size_t free = 0;
  for (const double tick : ticks) {
    const std::string label = label_of(tick);
    const std::size_t centre = axis.cell(tick);
    const std::size_t start = centre >= label.size() / 2 ? centre - label.size() / 2 : 0;
    if (start < free || start + label.size() > width) continue;
    line.replace(start, label.size(), label);
    free = start + label.size() + 1;
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

std::vector<PlotPoint> finite_points(const Plot& plot) {
  std::vector<PlotPoint> points;
  for (const PlotPoint& point : plot.points) {
    if (std::isfinite(point.x) && std::isfinite(point.y)) points.push_back(point);
  }
  return points;
}

}  // namespace

std::string to_text(const Plot& plot, const Terminal& terminal) {
  const std::vector<PlotPoint> points = finite_points(plot);
  if (points.empty()) return {};
  const std::size_t rows = std::max<std::size_t>(plot.rows, 4);
  const bool logarithmic =
      plot.x_logarithmic && std::ranges::all_of(points, [](const auto& p) { return p.x > 0.0; });
  const Axis y = axis_of(
      points, [](const PlotPoint& p) { return p.y; }, false, rows);
  const std::vector<double> y_ticks = ticks_of(y, std::max<std::size_t>(rows / 3, 3));
  std::size_t margin = 0;
  std::vector<std::string> labels(rows);
  for (const double tick : y_ticks) {
    if (tick > plot.y_max * (1.0 + 1e-9)) continue;  // the air above them all
    std::string& label = labels[y.cell(tick)];
    label = label_of(tick);
    margin = std::max(margin, label.size());
  }
  const std::size_t width = std::max<std::size_t>(terminal.width, kWidthMin) - margin - 3;
  const Axis x = axis_of(
      points, [](const PlotPoint& p) { return p.x; }, logarithmic, width);
  const std::vector<double> x_ticks = ticks_of(x, width / 10);

  std::vector<std::vector<std::string>> canvas(rows, std::vector<std::string>(width, " "));
  for (const PlotPoint& point : points) {
    canvas[y.cell(point.y)][x.cell(point.x)] = paint(point.mark, point.style, terminal);
  }
  std::string text = paint(plot.y_title, Style::faint, terminal) + "\n";
  for (std::size_t row = rows; row-- > 0;) {
    std::string line = pad_left(labels[row], margin) + (labels[row].empty() ? " │" : " ┤");
    for (const std::string& cell : canvas[row]) line += cell;
    while (line.back() == ' ') line.pop_back();
    text += line + "\n";
  }
  std::vector<bool> ticked(width, false);
  for (const double tick : x_ticks) ticked[x.cell(tick)] = true;
  std::string rule = std::string(margin, ' ') + " └";
  for (const bool tick : ticked) rule += tick ? "┬" : "─";
  text += rule + "\n";
  text += std::string(margin + 2, ' ') + x_labels(x, x_ticks, width) + "\n";
  const std::string title = plot.x_title + (logarithmic ? ", logarithmic" : "");
  text += pad_left(paint(title, Style::faint, terminal), margin + 2 + width) + "\n";
  return text;
}

}  // namespace ooe::report
