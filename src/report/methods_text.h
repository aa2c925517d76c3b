// The part of `ooe evaluate` that says whether the predictor earns its place: beside simpler ones,
// against a strong expert, where right answers get lost, and how far its predictions can be
// believed.
#pragma once

#include <span>
#include <string>

#include "evaluate/evaluate.h"
#include "report/terminal.h"

namespace ooe::report {

// That these predict surely better than what is kept, and what to do; empty for none.
[[nodiscard]] std::string better_predictors_text(std::span<const std::string> names);

// The same of an evaluation's methods.
[[nodiscard]] std::string better_methods_text(const evaluate::Evaluation& evaluation);

[[nodiscard]] std::string methods_text(const evaluate::Evaluation& evaluation,
                                       const Terminal& terminal);
[[nodiscard]] std::string deferral_text(const evaluate::Evaluation& evaluation,
                                        const Terminal& terminal);
[[nodiscard]] std::string shortfall_text(const evaluate::Evaluation& evaluation,
                                         const Terminal& terminal);
[[nodiscard]] std::string reliability_text(const evaluate::Evaluation& evaluation,
                                           const Terminal& terminal);

}  // namespace ooe::report
