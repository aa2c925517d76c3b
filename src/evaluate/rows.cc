#include "evaluate/rows.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ooe::evaluate {

Rows evaluated_rows(const OutcomeMatrix& outcomes) {
  const std::size_t m = outcomes.n_experts();
  const auto needed = static_cast<std::ptrdiff_t>(std::min<std::size_t>(m, 2));
  std::vector<std::size_t> complete;
  std::vector<std::size_t> choice;
  for (std::size_t query = 0; m > 0 && query < outcomes.n_queries(); ++query) {
    const auto measured =
        std::ranges::count_if(outcomes.row(query), [](float score) { return !std::isnan(score); });
    if (measured == static_cast<std::ptrdiff_t>(m)) complete.push_back(query);
    if (measured >= needed) choice.push_back(query);
  }
  if (2 * complete.size() >= choice.size()) return {true, std::move(complete)};
  return {false, std::move(choice)};
}

}  // namespace ooe::evaluate
