// What to know of a chosen universe before money is spent on it: how sure each gain is, who does
// the same work as whom, what leaving one out would cost and adding another bring. In: utilities
// and a universe. Out: SelectionFigures.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/money.h"
#include "base/result.h"
#include "core/universe.h"
#include "evaluate/bootstrap.h"
#include "universe/select.h"

namespace ooe::evaluate {

struct MemberFigures {
  ExpertId expert;
  Interval gain;       // when it was chosen, over those before it; of the first, its own value
  Interval left_out;   // the set's value less that of the set without it, if that is anybody
  double share = 0.0;  // of queries it answers in the set
  // The member whose right answers overlap most with its own: of those that either gave, the share
  // that both did (Jaccard; a score counts as that much of an answer). -1: no other member.
  ExpertId most_like;
  double overlap = 0.0;
};

struct OutsiderFigures {
  ExpertId expert;
  Interval gain;              // of the set with it over the set as it is
  double usd_per_1k = 0.0;    // what that changes in cost; NaN without costs
  double gain_per_usd = 0.0;  // gain for one USD per 1,000 queries more; NaN unless it costs more
  Usd fixed;                  // a month
};

// Both values of the chosen experts as their number grows, in the order chosen and on, greedily, to
// more experts than were asked for.
struct SizeFigures {
  ExpertId added;
  double predictable = 0.0;  // NaN without predictions
  double oracle = 0.0;
};

struct SelectionFigures {
  Interval utility;                        // of the objective chosen by
  double usd_per_1k = 0.0;                 // NaN without costs
  double score = 0.0;                      // mean of its answers, money aside
  Interval oracle;                         // of the same set
  std::vector<MemberFigures> members;      // in the order chosen
  std::vector<OutsiderFigures> outsiders;  // best first
  std::vector<SizeFigures> sizes;          // [i]: of i + 1 experts
  std::vector<double> overlap;             // [members, members], row-major, 1 on the diagonal
};

// The curve goes on to so many experts, if there are.
inline constexpr std::size_t kCurveSizeMax = 16;

// Shape: `cost_usd` is [n_queries of the table, n_experts] as for universe::utilities(), or empty.
// `options` are those the universe was selected with.
[[nodiscard]] SelectionFigures selection_figures(const universe::Utilities& utilities,
                                                 std::span<const std::string> experts,
                                                 const Universe& universe,
                                                 const universe::SelectOptions& options,
                                                 std::span<const float> cost_usd,
                                                 const BootstrapOptions& bootstrap);

// What the answers of a set score and cost when each query goes where the objective says.
struct SetFigures {
  double score = 0.0;       // mean, money aside
  double usd_per_1k = 0.0;  // NaN without costs
};
[[nodiscard]] SetFigures figures_of(const universe::Utilities& utilities,
                                    universe::Objective objective, std::span<const ExpertId> set,
                                    std::span<const float> cost_usd);

}  // namespace ooe::evaluate
