// What the budget of a client's key leaves: to a request that comes now, and to one that comes
// later. Knows: base.
#pragma once

#include <array>
#include <chrono>
#include <optional>

#include "base/money.h"

namespace ooe {

// What will be left, if nothing else is spent until then.
struct BudgetLater {
  Usd left = {};
  std::chrono::seconds in{1};  // at least 1 s
};

struct BudgetLeft {
  Usd left = {};  // in force now, what running requests have reserved taken off
  // Once they have ended, spending nothing; at the end of the day; at the end of the month.
  std::array<BudgetLater, 3> later = {};
};

// A budget as a request meets it.
struct RequestBudget {
  BudgetLeft key;
  std::optional<Usd> cost_max = {};  // the request's own limit, which holds beside it
};

}  // namespace ooe
