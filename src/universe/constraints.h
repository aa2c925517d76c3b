// What a universe may be: how many, who must and must not, what may idle each month, and how many
// of a zone. Internal to universe/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/money.h"
#include "base/result.h"
#include "core/expert.h"
#include "universe/select.h"

namespace ooe::universe {

// What is left of every limit while a set grows.
struct Room {
  std::size_t places = 0;
  Usd fixed;                         // a month
  std::vector<std::size_t> of_zone;  // places left in each zone
};

struct Constraints {
  std::vector<ExpertId> include;
  std::vector<ExpertId> free;     // neither included nor excluded, ascending
  std::vector<Usd> fixed;         // [n_experts], a month; whole numbers: a limit can be met exactly
  std::vector<std::size_t> rank;  // [n_experts], of equals the lowest is chosen
  std::vector<std::size_t> zone;  // [n_experts], index into Room::of_zone
  bool budgeted = false;          // fixed costs are limited
  Room room;                      // left for the free ones

  [[nodiscard]] bool fits(ExpertId expert, const Room& left) const {
    return left.places > 0 && fixed[expert.index()] <= left.fixed &&
           left.of_zone[zone[expert.index()]] > 0;
  }
  void take(ExpertId expert, Room& left) const {
    --left.places;
    left.fixed = left.fixed - fixed[expert.index()];
    --left.of_zone[zone[expert.index()]];
  }
};

// Errors: see select().
[[nodiscard]] Result<Constraints> constraints_of(std::span<const std::string> experts,
                                                 const SelectOptions& options);

// Whether every set of free experts can be tried with less than `reads_max` scores read: each set
// reads one a query.
[[nodiscard]] bool all_can_be_tried(const Constraints& constraints, std::size_t n_queries,
                                    std::uint64_t reads_max);

// An upper bound on what any choice of free experts that fits into constraints.room can add, if
// each adds at most its gain: the lesser of the best by number and zones, and of the best by money
// with the last one taken in part. Shape: `gains` belongs to `experts`.
[[nodiscard]] double most_that_fits(const Constraints& constraints,
                                    std::span<const ExpertId> experts,
                                    std::span<const double> gains);

}  // namespace ooe::universe
