// A chart as inline SVG: points, lines, axes. Colours and sizes of text come from the page's style
// by class, so that one chart serves light and dark, screen and paper.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ooe::report {

struct ChartSeries {
  std::string kind;  // class of the marks: "routed", "expert", "hull", ...
  bool line = false;
  bool marks = true;
  struct Point {
    double x = 0.0;
    double y = 0.0;
    std::string label;  // drawn beside the mark; may be empty
    std::string tip;    // shown on hover or touch; may be empty
  };
  std::vector<Point> points;
};

struct Chart {
  std::string title;  // read out by screen readers
  std::string x_title;
  std::string y_title;
  bool x_logarithmic = false;         // ignored unless every x is above 0
  bool from_zero_to_hundred = false;  // both axes, as a reliability diagram has
  std::vector<ChartSeries> series;    // later ones are drawn over earlier ones
};

// Empty when no point is finite.
[[nodiscard]] std::string to_svg(const Chart& chart);

// `text` with &, <, > and quotes as HTML wants them.
[[nodiscard]] std::string escape_html(std::string_view text);

}  // namespace ooe::report
