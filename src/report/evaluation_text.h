// An evaluation as `ooe evaluate` prints it.
#pragma once

#include <string>

#include "evaluate/evaluate.h"
#include "report/terminal.h"

namespace ooe::report {

// `title` says what was evaluated and how predictions were made: "mmlu, 5 folds, seed 1".
[[nodiscard]] std::string evaluation_text(const evaluate::Evaluation& evaluation,
                                          const std::string& title, const Terminal& terminal);

// A sentence of each expert of evaluation.not_counted, after a space; nothing without.
[[nodiscard]] std::string not_counted_text(const evaluate::Evaluation& evaluation);

}  // namespace ooe::report
