#include "report/svg_chart.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "report/axis.h"

namespace ooe::report {
namespace {

constexpr double kWidth = 720.0;
constexpr double kHeight = 420.0;
constexpr double kLeft = 62.0;
constexpr double kRight = 18.0;
constexpr double kTop = 16.0;
constexpr double kBottom = 58.0;
constexpr double kPadding = 0.06;  // of the range, beyond the outermost points

// From values to pixels.
struct PixelAxis {
  Axis axis;
  double from = 0.0;
  double to = 1.0;

  [[nodiscard]] double at(double value) const { return from + (to - from) * axis.part(value); }
};

Axis padded_axis(const std::vector<double>& values, bool logarithmic) {
  const bool positive = std::ranges::all_of(values, [](double value) { return value > 0.0; });
  const Axis axis = axis_over(values, logarithmic && positive);
  const double range = axis.range();
  return with_air(
      axis, kPadding * (range > 0.0 ? range : std::max(1e-9, std::abs(axis.scaled(axis.high)))));
}

// About `wanted` of them.
std::vector<double> ticks_of(const Axis& axis, double wanted) {
  if (!axis.logarithmic) return even_ticks(axis, wanted);
  // A narrow axis needs more of them.
  constexpr std::array kOfNarrow = {1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0};
  return axis.high >= 8.0 * axis.low ? decade_ticks(axis, kOneTwoFive)
                                     : decade_ticks(axis, kOfNarrow);
}

std::string axes_svg(const Chart& chart, const PixelAxis& x, const PixelAxis& y) {
  std::string svg;
  for (const double tick : ticks_of(y.axis, 6.0)) {
    svg += fmt::format(
        "<line class=grid x1={:.1f} x2={:.1f} y1={:.1f} y2={:.1f} />"
        "<text class=tick x={:.1f} y={:.1f} text-anchor=end>{:g}</text>\n",
        kLeft, kWidth - kRight, y.at(tick), y.at(tick), kLeft - 8.0, y.at(tick) + 4.5, tick);
  }
  for (const double tick : ticks_of(x.axis, 8.0)) {
    svg += fmt::format(
        "<line class=grid x1={:.1f} x2={:.1f} y1={:.1f} y2={:.1f} />"
        "<text class=tick x={:.1f} y={:.1f} text-anchor=middle>{:g}</text>\n",
        x.at(tick), x.at(tick), kTop, kHeight - kBottom, x.at(tick), kHeight - kBottom + 20.0,
        tick);
  }
  svg += fmt::format("<text class=axis x={:.1f} y={:.1f} text-anchor=middle>{}</text>\n",
                     0.5 * (kLeft + kWidth - kRight), kHeight - 10.0, escape_html(chart.x_title));
  svg += fmt::format(
      "<text class=axis transform='translate(16 {:.1f}) rotate(-90)' "
      "text-anchor=middle>{}</text>\n",
      0.5 * (kTop + kHeight - kBottom), escape_html(chart.y_title));
  return svg;
}

// Where labels already are, so that the next one finds a place beside them.
class Labels {
 public:
  // Above the mark when there is room, else beside or below it.
  std::string place(const std::string& label, double x, double y) {
    constexpr double kOffsets[][2] = {{0.0, -9.0}, {14.0, 4.5},  {-14.0, 4.5}, {0.0, 20.0},
                                      {28.0, 4.5}, {-28.0, 4.5}, {42.0, 4.5},  {56.0, 4.5}};
    for (const auto& [right, down] : kOffsets) {
      if (!is_free(x + right, y + down)) continue;
      taken_.emplace_back(x + right, y + down);
      break;
    }
    const auto [at_x, at_y] = taken_.back();
    return fmt::format("<text x={:.1f} y={:.1f} text-anchor=middle>{}</text>", at_x, at_y,
                       escape_html(label));
  }

 private:
  [[nodiscard]] bool is_free(double x, double y) const {
    return std::ranges::none_of(taken_, [&](const auto& other) {
      return std::abs(other.first - x) < 13.0 && std::abs(other.second - y) < 13.0;
    });
  }
  std::vector<std::pair<double, double>> taken_;
};

std::string series_svg(const ChartSeries& series, const PixelAxis& x, const PixelAxis& y) {
  Labels labels;
  std::string path;
  std::string marks;
  for (const auto& point : series.points) {
    if (!std::isfinite(point.x) || !std::isfinite(point.y)) continue;
    const double left = x.at(point.x);
    const double top = y.at(point.y);
    path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : "L", left, top);
    if (!series.marks) continue;
    const std::string tip = escape_html(point.tip);
    marks +=
        fmt::format("<g class='mark {}'{}><circle cx={:.1f} cy={:.1f} r=5 />", series.kind,
                    tip.empty() ? "" : fmt::format(" tabindex=0 data-tip='{}'", tip), left, top);
    if (!tip.empty()) marks += fmt::format("<title>{}</title>", tip);
    if (!point.label.empty()) marks += labels.place(point.label, left, top);
    marks += "</g>\n";
  }
  if (series.line && !path.empty()) {
    path = fmt::format("<path class='line {}' d='{}' />\n", series.kind, path);
    return path + marks;
  }
  return marks;
}

}  // namespace

std::string to_svg(const Chart& chart) {
  std::vector<double> xs;
  std::vector<double> ys;
  for (const ChartSeries& series : chart.series) {
    for (const auto& point : series.points) {
      if (!std::isfinite(point.x) || !std::isfinite(point.y)) continue;
      xs.push_back(point.x);
      ys.push_back(point.y);
    }
  }
  if (xs.empty()) return "";
  const bool fixed = chart.from_zero_to_hundred;
  const PixelAxis x{fixed ? Axis{0.0, 100.0} : padded_axis(xs, chart.x_logarithmic), kLeft,
                    kWidth - kRight};
  const PixelAxis y{fixed ? Axis{0.0, 100.0} : padded_axis(ys, false), kHeight - kBottom, kTop};
  std::string svg = fmt::format("<svg viewBox='0 0 {:g} {:g}' role=img aria-label='{}'>\n", kWidth,
                                kHeight, escape_html(chart.title));
  svg += axes_svg(chart, x, y);
  for (const ChartSeries& series : chart.series) svg += series_svg(series, x, y);
  return svg + "</svg>\n";
}

std::string escape_html(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

}  // namespace ooe::report
