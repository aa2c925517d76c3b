// An attempt as an object of JSON: in a receipt's row and in the spool. Internal to store/.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "core/receipt.h"

namespace ooe::store {

// `estimated` is 0 or 1 in rows, and a flag in the spool; "reasoning" is younger than both, and 0
// where it is missing. Throws what the library throws for anything else: who reads the whole
// receipt catches it.
[[nodiscard]] Attempt attempt_of(const nlohmann::json& object);

}  // namespace ooe::store
