// Private to this room: errors in OpenAI's dialect, and what others send in their place. What they
// object to is openai_dialect.h's objection_of().
#pragma once

#include <string>

#include "experts/openai_json.h"

namespace ooe::experts {

// Whether it is an error, whatever else it is.
[[nodiscard]] bool is_error(const dom::object& object);

// Returns what it says, cut to a bounded length, since it ends up in logs and errors; empty when it
// is no error.
[[nodiscard]] std::string message_of(const dom::object& object);

}  // namespace ooe::experts
