// The cost-quality plane: what a set of points, each one way to route, is worth as a whole.
//
// Source: Hu et al. 2024, "RouterBench: A Benchmark for Multi-LLM Routing System" (arXiv
// 2403.12031, section 3). Two routers mixed at random reach every point on the line between them,
// so a router is judged by the hull of its points; dearer must not be worse, so the hull never
// falls. The hull of single experts alone is the paper's zero router: the mix that looks at no
// query, which every router has to beat. AIQ, average improvement in quality, is the mean height of
// the hull over a range of cost, on a linear axis.
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace ooe::evaluate {

struct CostQuality {
  double cost = 0.0;     // any unit, the same for all points: USD per 1,000 queries here
  double quality = 0.0;  // mean score, 0 to 1

  friend bool operator==(const CostQuality&, const CostQuality&) = default;
};

// Returns the corners of the non-decreasing upper convex hull, by rising cost and rising quality:
// first the cheapest point (the best of the cheapest), last the best (the cheapest of the best).
// Empty for no points. Requires: no NaN; the program stops otherwise. Cost: O(n log n).
[[nodiscard]] std::vector<CostQuality> quality_hull(std::vector<CostQuality> points);

// The functions below take what quality_hull() returned.

// The height of the hull at a cost: linear between corners, flat beyond the last, and 0 below the
// first, where nothing can be bought. NaN for an empty hull.
[[nodiscard]] double quality_at(std::span<const CostQuality> hull, double cost);

// Mean of quality_at() over [cost_low, cost_high], exact; at one point when both are equal. NaN for
// an empty hull. Requires: cost_low <= cost_high, both finite.
[[nodiscard]] double aiq(std::span<const CostQuality> hull, double cost_low, double cost_high);

// The least cost at which the hull is as high as `quality`; none when it never is.
[[nodiscard]] std::optional<double> cost_for(std::span<const CostQuality> hull, double quality);

// The part of `cost` that is saved by reaching `quality` on the hull instead: 0.73 for a quarter of
// the money, negative when the hull is dearer. NaN when it never gets there, or `cost` is 0.
[[nodiscard]] double cost_saved(std::span<const CostQuality> hull, double quality, double cost);

}  // namespace ooe::evaluate
