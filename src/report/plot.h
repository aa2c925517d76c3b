// A scatter plot in characters: named points as letters, a curve as marks.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "report/terminal.h"

namespace ooe::report {

struct PlotPoint {
  double x = 0.0;
  double y = 0.0;
  std::string mark;  // one column wide
  Style style = Style::plain;
};

struct Plot {
  std::string x_title;  // with the unit
  std::string y_title;
  std::vector<PlotPoint> points;                           // later ones are drawn over earlier ones
  bool x_logarithmic = false;                              // ignored unless every x is above 0
  std::size_t rows = 16;                                   // of the drawing area
  double y_max = std::numeric_limits<double>::infinity();  // no figure can be above: no label is
};

// Returns the plot with its axes, as wide as the terminal; empty when no point is finite.
[[nodiscard]] std::string to_text(const Plot& plot, const Terminal& terminal);

}  // namespace ooe::report
