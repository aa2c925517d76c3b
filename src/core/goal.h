// What a user wants of the policy. A goal is stated in a user's terms; thresholds and multipliers
// are derived from it by calibration on held-out predictions (policy/calibrate.h) and never typed.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>

#include "base/money.h"

namespace ooe {

// The best quality there is, or the best whose mean cost stays within the budget.
struct MaximiseQuality {
  std::optional<Usd> per_1k_queries_max;
};

// The cheapest whose mean quality is within `tolerance` (absolute) of the named expert's.
struct MatchExpert {
  std::string expert;
  double tolerance = 0.01;
  double confidence = 0.95;
};

// The best quality of which `share` of all queries are answered by own experts.
struct OwnershipShare {
  double share = 0.5;
};

struct Goal {
  std::variant<MaximiseQuality, MatchExpert, OwnershipShare> aim;
  std::optional<std::chrono::milliseconds> deadline;
  std::optional<std::chrono::milliseconds> first_token;
};

}  // namespace ooe
