#include "report/table.h"

#include <algorithm>

#include "base/check.h"

namespace ooe::report {
namespace {

constexpr std::size_t kGap = 2;

std::vector<std::size_t> widths_of(const Table& table, std::size_t width_max) {
  std::vector<std::size_t> widths;
  std::size_t total = 0;
  for (std::size_t column = 0; column < table.columns.size(); ++column) {
    std::size_t width = display_width(table.columns[column].title);
    for (const auto& row : table.rows) {
      OOE_CHECK(row.size() == table.columns.size(), "a cell for every column");
      width = std::max(width, display_width(row[column]));
    }
    widths.push_back(width);
    total += width + (column == 0 ? 0 : kGap);
  }
  if (total > width_max && !widths.empty()) {
    const std::size_t excess = total - width_max;
    const std::size_t narrowest = std::min(widths.front(), kNarrowestFirst);
    widths.front() = std::max(narrowest, widths.front() - std::min(excess, widths.front()));
  }
  return widths;
}

void append_trimmed(std::string& text, std::string line) {
  while (!line.empty() && line.back() == ' ') line.pop_back();
  text += line;
  text += '\n';
}

}  // namespace

std::string to_text(const Table& table, const Terminal& terminal) {
  const std::vector<std::size_t> widths =
      widths_of(table, terminal.cuts ? terminal.width : std::string::npos);
  const auto line_of = [&](auto cell_of) {
    std::string line;
    for (std::size_t column = 0; column < widths.size(); ++column) {
      if (column > 0) line.append(kGap, ' ');
      std::string cell = cell_of(column);
      // Only the first column can be narrower than its cells, and a cut cell loses its colour.
      if (display_width(cell) > widths[column]) cell = fit(cell, widths[column]);
      line += table.columns[column].align == Align::left ? pad_right(cell, widths[column])
                                                         : pad_left(cell, widths[column]);
    }
    return line;
  };
  std::string text;
  append_trimmed(text, line_of([&](std::size_t column) {
                   return paint(table.columns[column].title, Style::bold, terminal);
                 }));
  append_trimmed(text, line_of([&](std::size_t column) {
                   std::string rule;
                   for (std::size_t i = 0; i < widths[column]; ++i) rule += "─";
                   return paint(rule, Style::faint, terminal);
                 }));
  for (const auto& row : table.rows) {
    append_trimmed(text, line_of([&](std::size_t column) { return row[column]; }));
  }
  return text;
}

}  // namespace ooe::report
