// What a set of experts is worth. In: outcomes, what they cost, and predictions. Out: the value of
// any set, as mean utility a query. Knows: core.
//
// Utility of an answer = score - quality_per_usd * cost. Two values of a set S:
//   oracle       the mean over queries of the best utility in S: what hindsight would get. Monotone
//                and submodular (facility location), so greedy choice comes with guarantees.
//   predictable  the mean over queries of the utility really got by the expert of S with the
//                highest *predicted* utility: what routing with this predictor would get. It does
//                not count lucky guesses, and a further expert can lower it.
// Cells that were not measured are skipped: S answers a query with those of its experts that were
// measured there. A query that none of S was measured on gets `floor`, the lowest there is.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.h"
#include "core/outcome.h"
#include "core/prediction.h"

namespace ooe::universe {

// Shape: matrices are [n_experts, n_queries], one expert after the other (transposed against
// OutcomeMatrix), because values are computed column by column.
struct Utilities {
  std::size_t n_queries = 0;         // only those that somebody was measured on
  std::vector<std::size_t> queries;  // [n_queries], their rows in the table
  std::size_t n_experts = 0;
  // Doubles: where a USD is worth 1e9 points, a float has no digits left for the score.
  std::vector<double> realised;   // NaN where not measured
  std::vector<double> predicted;  // empty without predictions
  std::vector<float> score;       // realised, money aside
  std::vector<float> cost_usd;    // predicted, breaks ties; empty without predictions
  std::vector<float> weight;      // of each query, 1 on average; empty: all weigh the same
  double floor = 0.0;             // the lowest utility of any answer, and never above 0

  [[nodiscard]] double weight_of(std::size_t query) const {
    return weight.empty() ? 1.0 : double{weight[query]};
  }

  [[nodiscard]] std::span<const double> realised_of(ExpertId expert) const {
    return std::span(realised).subspan(expert.index() * n_queries, n_queries);
  }
  [[nodiscard]] std::span<const double> predicted_of(ExpertId expert) const {
    return std::span(predicted).subspan(expert.index() * n_queries, n_queries);
  }
  [[nodiscard]] std::span<const float> score_of(ExpertId expert) const {
    return std::span(score).subspan(expert.index() * n_queries, n_queries);
  }
  [[nodiscard]] std::span<const float> cost_of(ExpertId expert) const {
    return std::span(cost_usd).subspan(expert.index() * n_queries, n_queries);
  }
};

// `cost_usd` is what each answer really cost, [n_queries, n_experts] row-major; empty when money
// does not count. `predictions` has the same shape, with costs; empty when not needed.
// Errors: invalid_argument when nothing was measured, when money counts and a measured answer or a
// prediction has no cost (names the expert), when `quality_per_usd` is negative or not finite, or
// when a weight is.
// `weights` says how often each query is met, in any unit, [n_queries]; empty: equally often.
[[nodiscard]] Result<Utilities> utilities(const OutcomeMatrix& outcomes,
                                          std::span<const float> cost_usd,
                                          std::span<const Prediction> predictions,
                                          double quality_per_usd,
                                          std::span<const double> weights = {});

// Who answers each query in a set, [n_queries] of utilities: the best in hindsight, or the one
// predicted to be. -1 where nobody was measured.
[[nodiscard]] std::vector<ExpertId> oracle_answers(const Utilities& utilities,
                                                   std::span<const ExpertId> set);
[[nodiscard]] std::vector<ExpertId> predictable_answers(const Utilities& utilities,
                                                        std::span<const ExpertId> set);

// What they get there, unweighted; the floor where nobody answers.
[[nodiscard]] std::vector<double> values_of(const Utilities& utilities,
                                            std::span<const ExpertId> answers);

[[nodiscard]] double oracle_value(const Utilities& utilities, std::span<const ExpertId> set);

// Ties of predicted utility go as in policy::decide: to the cheaper expert, then the lower index.
// Requires: predictions were given to utilities().
[[nodiscard]] double predictable_value(const Utilities& utilities, std::span<const ExpertId> set);

// Whether `a` is asked rather than `b` on a query, by prediction.
// Requires: predictions were given to utilities().
[[nodiscard]] bool predicted_before(const Utilities& utilities, std::size_t query, ExpertId a,
                                    ExpertId b);

}  // namespace ooe::universe
