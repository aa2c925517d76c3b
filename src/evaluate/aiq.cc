#include "evaluate/aiq.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "base/nan.h"
#include "evaluate/rounding.h"

namespace ooe::evaluate {
namespace {

// Whether `b` lies on or below the line from `a` to `c`.
bool below_line(const CostQuality& a, const CostQuality& b, const CostQuality& c) {
  return (b.quality - a.quality) * (c.cost - a.cost) <= (c.quality - a.quality) * (b.cost - a.cost);
}

// The integral of quality_at() from the first corner to `cost`.
double area_to(std::span<const CostQuality> hull, double cost) {
  if (cost <= hull.front().cost) return 0.0;
  double area = 0.0;
  for (std::size_t i = 1; i < hull.size() && hull[i - 1].cost < cost; ++i) {
    const double end = std::min(hull[i].cost, cost);
    area += 0.5 * (hull[i - 1].quality + quality_at(hull, end)) * (end - hull[i - 1].cost);
  }
  return area + hull.back().quality * std::max(0.0, cost - hull.back().cost);
}

}  // namespace

std::vector<CostQuality> quality_hull(std::vector<CostQuality> points) {
  for (const CostQuality& point : points) {
    OOE_CHECK(!std::isnan(point.cost) && !std::isnan(point.quality), "points without NaN");
  }
  // Cheapest first, the best of equal cost first. A point that is not better than all cheaper ones
  // is nowhere on a hull that never falls.
  std::ranges::sort(points, [](const CostQuality& a, const CostQuality& b) {
    return a.cost != b.cost ? a.cost < b.cost : a.quality > b.quality;
  });
  std::vector<CostQuality> hull;
  for (const CostQuality& point : points) {
    if (!hull.empty() && point.quality <= hull.back().quality) continue;
    while (hull.size() >= 2 && below_line(hull[hull.size() - 2], hull.back(), point)) {
      hull.pop_back();
    }
    hull.push_back(point);
  }
  return hull;
}

double quality_at(std::span<const CostQuality> hull, double cost) {
  if (hull.empty()) return kNaN;
  if (cost < hull.front().cost) return 0.0;
  const auto above = std::ranges::upper_bound(hull, cost, {}, &CostQuality::cost);
  if (above == hull.end()) return hull.back().quality;
  const CostQuality& from = *(above - 1);
  return std::lerp(from.quality, above->quality, (cost - from.cost) / (above->cost - from.cost));
}

double aiq(std::span<const CostQuality> hull, double cost_low, double cost_high) {
  OOE_CHECK(std::isfinite(cost_low) && std::isfinite(cost_high) && cost_low <= cost_high,
            "a range of cost");
  if (hull.empty()) return kNaN;
  if (cost_low == cost_high) return quality_at(hull, cost_low);
  return (area_to(hull, cost_high) - area_to(hull, cost_low)) / (cost_high - cost_low);
}

std::optional<double> cost_for(std::span<const CostQuality> hull, double quality) {
  for (std::size_t i = 0; i < hull.size(); ++i) {
    if (hull[i].quality < quality - kRounding) continue;
    if (i == 0) return hull[0].cost;
    const double part = (quality - hull[i - 1].quality) / (hull[i].quality - hull[i - 1].quality);
    return std::lerp(hull[i - 1].cost, hull[i].cost, std::min(part, 1.0));
  }
  return std::nullopt;
}

double cost_saved(std::span<const CostQuality> hull, double quality, double cost) {
  const auto needed = cost_for(hull, quality);
  return needed && cost != 0.0 ? 1.0 - *needed / cost : kNaN;
}

}  // namespace ooe::evaluate
