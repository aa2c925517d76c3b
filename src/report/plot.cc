#include "report/plot.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "report/axis.h"

namespace ooe::report {
namespace {

// An axis laid over a number of cells.
struct CellAxis {
  Axis axis;
  std::size_t cells = 1;

  [[nodiscard]] std::size_t cell(double value) const {
    const double last = static_cast<double>(cells - 1);
    return static_cast<std::size_t>(std::lround(std::clamp(axis.part(value), 0.0, 1.0) * last));
  }
};

std::vector<double> ticks_of(const Axis& axis, std::size_t count) {
  return axis.logarithmic ? decade_ticks(axis, kOneTwoFive)
                          : even_ticks(axis, static_cast<double>(count));
}

std::string label_of(double value) {
  return fmt::format("{:.6g}", std::abs(value) < 1e-12 ? 0.0 : value);
}

// Both ends a little beyond the outermost points.
double air_of(const Axis& axis) {
  if (axis.logarithmic) return std::max(0.03 * axis.range(), std::log10(1.05));
  if (axis.range() > 0.0) return 0.04 * axis.range();
  return std::max(0.01, 0.1 * std::abs(axis.low));
}

CellAxis axis_of(const std::vector<PlotPoint>& points, double PlotPoint::*coordinate,
                 bool logarithmic, std::size_t cells) {
  std::vector<double> values;
  for (const PlotPoint& point : points) values.push_back(point.*coordinate);
  const Axis axis = axis_over(values, logarithmic);
  return {with_air(axis, air_of(axis)), std::max<std::size_t>(cells, 2)};
}

// The line of numbers under the plot; labels that would touch are left out.
std::string x_labels(const CellAxis& axis, const std::vector<double>& ticks, std::size_t width) {
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
  const CellAxis y = axis_of(points, &PlotPoint::y, false, rows);
  const std::vector<double> y_ticks = ticks_of(y.axis, std::max<std::size_t>(rows / 3, 3));
  std::size_t margin = 0;
  std::vector<std::string> labels(rows);
  for (const double tick : y_ticks) {
    if (tick > plot.y_max * (1.0 + 1e-9)) continue;  // the air above them all
    std::string& label = labels[y.cell(tick)];
    label = label_of(tick);
    margin = std::max(margin, label.size());
  }
  const std::size_t width = std::max<std::size_t>(terminal.width, kWidthMin) - margin - 3;
  const CellAxis x = axis_of(points, &PlotPoint::x, logarithmic, width);
  const std::vector<double> x_ticks = ticks_of(x.axis, width / 10);

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
