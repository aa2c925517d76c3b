// The universe: the chosen, complementary set of experts.
#pragma once

#include <vector>

#include "base/id.h"

namespace ooe {

struct UniverseMember {
  ExpertId expert;             // column of the matrix it was chosen from
  double marginal_gain = 0.0;  // mean utility a query that it added when it was chosen
};

struct Universe {
  std::vector<UniverseMember> members;  // in the order chosen
  double utility = 0.0;                 // mean utility a query of the whole set
  double utility_bound = 0.0;           // no set of this size can do better
};

}  // namespace ooe
