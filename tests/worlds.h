// How many simulated worlds a claim about several is tried in: three, or as many as OOE_WORLDS says
// (`make proof` asks for more).
#pragma once

#include <cstddef>
#include <cstdlib>

namespace ooe {

inline std::size_t n_worlds() {
  const char* const asked = std::getenv("OOE_WORLDS");
  return asked == nullptr ? 3 : static_cast<std::size_t>(std::atoi(asked));
}

}  // namespace ooe
