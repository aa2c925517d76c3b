// The part of `ooe evaluate` that says whether the predictor earns its place: beside simpler ones,
// against a strong expert, where right answers get lost, and how far its predictions can be
// believed.
#pragma once

#include <string>

#include "evaluate/evaluate.h"
#include "report/terminal.h"

namespace ooe::report {

[[nodiscard]] std::string methods_text(const evaluate::Evaluation& evaluation,
                                       const Terminal& terminal);
[[nodiscard]] std::string deferral_text(const evaluate::Evaluation& evaluation,
                                        const Terminal& terminal);
[[nodiscard]] std::string shortfall_text(const evaluate::Evaluation& evaluation,
                                         const Terminal& terminal);
[[nodiscard]] std::string reliability_text(const evaluate::Evaluation& evaluation,
                                           const Terminal& terminal);

}  // namespace ooe::report
