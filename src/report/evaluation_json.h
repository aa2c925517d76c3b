// An evaluation as `ooe evaluate --json` prints it: every figure of evaluate::Evaluation under its
// own name, numbers that do not exist as null.
#pragma once

#include <string>

#include "evaluate/evaluate.h"

namespace ooe::report {

[[nodiscard]] std::string evaluation_json(const evaluate::Evaluation& evaluation,
                                          const std::string& title);

}  // namespace ooe::report
