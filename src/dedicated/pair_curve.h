// What an own expert and a generic one are worth together: quality and cost at every ownership, on
// questions the predictor has not seen. Questions go to the own expert in order of its predicted
// quality less the generic's, so that what neither can do stays at home too.
// Figures are means over questions; intervals are 95%, by bootstrap over questions, all from the
// same resamples. Source of the figures: evaluate/deferral_curve.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/outcome.h"
#include "core/prediction.h"
#include "dedicated/pair.h"
#include "evaluate/bootstrap.h"
#include "evaluate/two_sides.h"

namespace ooe::dedicated {

// The own expert is the weak side. Shape: `predictions` is [n_queries, n_experts] of the whole
// table, `fold` [n_queries] or empty for one model's predictions, the result [pair.rows], ranked
// within folds.
[[nodiscard]] evaluate::TwoSides pair_sides(const Dataset& data, const Pair& pair,
                                            std::span<const Prediction> predictions,
                                            std::span<const std::uint32_t> fold);

struct OwnershipPoint {
  double ownership = 0.0;
  evaluate::Interval quality;
  evaluate::Interval usd_per_1k;  // NaN without costs
};

struct PairCurve {
  std::size_t n_queries = 0;
  std::vector<OwnershipPoint> points;  // from 0 to 100% in steps of ten
  evaluate::Interval apgr;             // mean share of the gap recovered; 0.5: random; NaN: no gap
  evaluate::Interval pgr_at_half;      // at 50% ownership
  // The most at `quality`; NaN when it cannot be reached, and 0 in resamples where it cannot.
  evaluate::Interval ownership_at;
  double quality = 0.0;
};

// `quality`: at which ownership is asked for; empty: one point below the generic expert's.
[[nodiscard]] PairCurve pair_curve(const evaluate::TwoSides& sides, std::optional<double> quality,
                                   const evaluate::BootstrapOptions& options);

// Between two points of the curve, linear. Requires: ownership in [0, 1].
[[nodiscard]] double quality_at(const PairCurve& curve, double ownership);

// Mean quality over all ownerships of `sides` less that of `others`, the same questions: paired.
[[nodiscard]] evaluate::Interval lead_over(const evaluate::TwoSides& sides,
                                           const evaluate::TwoSides& others,
                                           const evaluate::BootstrapOptions& options);

}  // namespace ooe::dedicated
