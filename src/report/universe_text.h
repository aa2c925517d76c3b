// A selection as `ooe select` prints it.
#pragma once

#include <span>
#include <string>

#include "core/universe.h"
#include "evaluate/selection.h"
#include "report/terminal.h"
#include "universe/select.h"

namespace ooe::report {

// A universe with what is needed to read it.
struct Selection {
  Universe universe;
  evaluate::SelectionFigures figures;
  std::span<const std::string> experts;  // names of the columns it was chosen from
  universe::SelectOptions options;
  double quality_per_usd = 0.0;
  std::size_t n_queries = 0;  // that somebody was measured on, or everybody
  std::size_t cells = 0;      // of the pool, and how many of them were not measured
  std::size_t blank_cells = 0;
  bool only_common = false;  // only questions count that all were asked; else blanks are filled
};

// How many cells were not measured, and what became of them; empty when none.
[[nodiscard]] std::string blanks_text(const Selection& selection);

[[nodiscard]] std::string universe_text(const Selection& selection, const Terminal& terminal);

}  // namespace ooe::report
