// Aligned tables.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "report/terminal.h"

namespace ooe::report {

enum class Align { left, right };

struct TableColumn {
  std::string title;
  Align align = Align::left;
};

struct Table {
  std::vector<TableColumn> columns;
  std::vector<std::vector<std::string>> rows;  // as many cells as columns
};

// Titles, a rule, the rows, each line ended by a line feed. When it is too wide for the terminal,
// a last column of words goes on in the next line, down to kNarrowestLast columns; then the first
// column is cut short, down to kNarrowestFirst.
inline constexpr std::size_t kNarrowestFirst = 12;
inline constexpr std::size_t kNarrowestLast = 24;
[[nodiscard]] std::string to_text(const Table& table, const Terminal& terminal);

}  // namespace ooe::report
