// The table of outcomes as evaluation replays it: predictions priced, answers billed, and
// policy::decide, the function that serves, asked for every row. Internal to evaluate/.
#pragma once

#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "core/expert.h"
#include "core/outcome.h"
#include "core/prediction.h"
#include "core/query.h"
#include "evaluate/rows.h"

namespace ooe::evaluate {

// `outcomes` is the caller's and must outlive this.
struct Replay {
  const OutcomeMatrix& outcomes;
  std::vector<Expert> experts;
  std::vector<Prediction> predictions;  // [n_queries, n_experts], with expected costs
  std::vector<float> cost_usd;          // what the answers really cost, same shape
  Rows rows;
  std::vector<Query> queries;  // [rows]: what decide() has to know of each

  [[nodiscard]] bool measured(std::size_t row, std::size_t expert) const {
    return !std::isnan(outcomes.row(rows.queries[row])[expert]);
  }
  [[nodiscard]] std::size_t cell(std::size_t row, std::size_t expert) const {
    return outcomes.at(rows.queries[row], expert);
  }
  [[nodiscard]] double score(std::size_t row, std::size_t expert) const {
    return outcomes.score[cell(row, expert)];
  }
  [[nodiscard]] std::size_t n() const { return rows.queries.size(); }
  [[nodiscard]] std::size_t m() const { return experts.size(); }
};

[[nodiscard]] Replay make_replay(const Dataset& data, std::span<const Prediction> predictions);

// The same table with other predictions of quality; tokens and costs stay as they were expected.
// Shape: `quality` is [n_queries, n_experts].
[[nodiscard]] Replay with_quality(const Replay& replay, std::span<const float> quality);

// Whom decide() asks on each row. Experts that were not measured there are out of reach.
[[nodiscard]] std::vector<ExpertId> route(const Replay& replay, double quality_per_usd);

// Figures of every row: what the asked expert scored, and what it cost in USD per 1,000 queries;
// NaN where it was not measured. Costs are NaN on every row when one of these answers was measured
// and what it cost is unknown.
[[nodiscard]] std::vector<double> scores_of(const Replay& replay, std::span<const ExpertId> asked);
[[nodiscard]] std::vector<double> costs_of(const Replay& replay, std::span<const ExpertId> asked);

// The trade-off at which routing is predicted to cost what `expert` alone would; none when no
// trade-off does.
[[nodiscard]] std::optional<double> multiplier_at_cost_of(const Replay& replay, ExpertId expert);

// Trade-offs from always-the-cheapest to money-does-not-count (0, the last), at budgets evenly
// spread over the logarithm of cost (over cost itself when something is free).
[[nodiscard]] std::vector<double> frontier_multipliers(const Replay& replay, std::size_t points);

// A fine grid of trade-offs for the hull of a router's points, the same for every method: powers of
// ten times what makes the dearest expert's price over the cheapest's worth one right answer.
[[nodiscard]] std::vector<double> hull_multipliers(const Replay& replay);

}  // namespace ooe::evaluate
