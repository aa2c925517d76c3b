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
  // Takes what is too much from one column, as far as it may get narrower.
  const auto narrow = [&](std::size_t& width, std::size_t narrowest) {
    if (total <= width_max || width <= narrowest) return;
    const std::size_t less = std::min(total - width_max, width - narrowest);
    width -= less;
    total -= less;
  };
  if (widths.size() > 1 && table.columns.back().align == Align::left) {
    narrow(widths.back(), std::max(kNarrowestLast, display_width(table.columns.back().title)));
  }
  if (!widths.empty()) narrow(widths.front(), kNarrowestFirst);
  return widths;
}

// The lines of a cell of words.
std::vector<std::string> lines_of(const std::string& cell, std::size_t width) {
  if (display_width(cell) <= width) return {cell};
  Terminal column;
  column.width = width;
  const std::string wrapped = wrap(cell, "", column);
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < wrapped.size();) {
    const std::size_t end = std::min(wrapped.find('\n', begin), wrapped.size());
    lines.push_back(wrapped.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
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
      // Only the first column is cut, and a cut cell loses its colour.
      if (column == 0 && display_width(cell) > widths[column]) cell = fit(cell, widths[column]);
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
    auto cells = row;
    const bool names_only = widths.size() == 1;  // which are cut
    for (const std::string& words : names_only ? row : lines_of(row.back(), widths.back())) {
      cells.back() = words;
      append_trimmed(text, line_of([&](std::size_t column) { return cells[column]; }));
      std::ranges::fill(cells, std::string());
    }
  }
  return text;
}

}  // namespace ooe::report
