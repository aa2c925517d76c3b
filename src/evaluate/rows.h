// Which queries routing is evaluated on.
#pragma once

#include <cstddef>
#include <vector>

#include "core/outcome.h"

namespace ooe::evaluate {

struct Rows {
  // Every expert was measured on every row, so that all figures are over the same queries. If not,
  // each row's candidates are those that were measured there.
  bool complete = true;
  std::vector<std::size_t> queries;
};

// Returns the complete rows when they are at least half of those that offer a choice (two measured
// experts, or one where there is but one); else all that offer a choice.
[[nodiscard]] Rows evaluated_rows(const OutcomeMatrix& outcomes);

}  // namespace ooe::evaluate
