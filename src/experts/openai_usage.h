// Private to this room: what a usage says was billed. Experts count cached and reasoning tokens
// among those of prompt and completion or beside them, by several names; the total tells which.
#pragma once

#include <optional>

#include "core/expert.h"
#include "experts/openai_json.h"

namespace ooe::experts {

// Returns nothing where the object has no usage, or one without a prompt. Where only the output is
// missing, and no total tells it, the counts are flagged as estimated: believed() is to guess it.
// Errors: corrupt when a count is none.
[[nodiscard]] Result<std::optional<TokenCounts>> usage_of(const dom::object& object);

}  // namespace ooe::experts
