// A selection as `ooe select --json` prints it.
#pragma once

#include <string>

#include "report/universe_text.h"

namespace ooe::report {

[[nodiscard]] std::string universe_json(const Selection& selection);

}  // namespace ooe::report
