// A decision: whom to ask, in which order, and why not the others.
#pragma once

#include <string_view>
#include <vector>

#include "base/id.h"
#include "core/prediction.h"

namespace ooe {

enum class Verdict {
  chosen,            // asked first
  fallback,          // asked when those before it fail
  dominated,         // cleared and able, but not in the plan: enough better ones exist
  too_dear,          // predicted cost above the query's limit
  not_cleared,       // the query is more private than it may see
  lacks_capability,  // tools, vision, ... that it does not have
  context_too_short,
  unhealthy,
  busy,          // well, but with as many calls under way as it takes
  over_budget,   // predicted cost above what its key has left
  wrong_zone,    // it stands where this query must not go
  too_slow,      // expected to miss the deadline
  unpriced,      // a price is needed to decide and there is none
  not_in_model,  // the model asked for is made of others
};

[[nodiscard]] std::string_view to_string(Verdict verdict);

// Whether time alone takes the wall away.
[[nodiscard]] constexpr bool is_passing(Verdict verdict) {
  return verdict == Verdict::unhealthy || verdict == Verdict::busy || verdict == Verdict::too_slow;
}

struct ExpertVerdict {
  Verdict verdict = Verdict::dominated;
  double utility = 0.0;  // quality less what its cost is worth; meaningful when not masked
};

struct Decision {
  std::vector<ExpertId> plan;           // best first; empty: nobody may answer
  std::vector<ExpertVerdict> verdicts;  // [n_experts], in the catalogue's order
};

}  // namespace ooe
