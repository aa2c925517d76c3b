// A model made to know one expert more, or one benchmark better, from a handful of outcomes and
// without refitting anything else.
//
// A new expert's few answers to questions that others answered too are read through the outcome
// factors f of those questions (outcome_factors.h): experts of the past say how an expert's
// loadings are distributed, its own answers move it from there, and the result is a soft outcome
// for every question kept in the model, on which its level and slopes are regressed:
//   b = (F'F / s^2 + S^-1)^-1 (F'y / s^2 + S^-1 m),   F = [1, f],  b ~ N(m, S) over known experts
//   [level, slopes] = least squares of F_all b on [1, g_all]
// From kDirectAnswers answers on, and for questions no other expert answered, its scores are
// regressed on [1, g] itself, with the known experts' slopes as the prior.
// Both use directions g predicted out of fold, so that they mean what they will on new texts.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/outcome.h"
#include "predictor/model.h"

namespace ooe::predictor {

inline constexpr std::size_t kDirectAnswers = 200;
// A known expert's level moves by the mean of what new outcomes leave over, as if it had been right
// about this many more: little, for where the source differs the old level is a weak prior.
inline constexpr double kLevelPriorOutcomes = 10.0;

// Returns `model` with every expert of `data` that it does not know added, in their order, and the
// levels of those that it does know re-estimated on `data`. Rows whose text the model was trained
// on use what it keeps of them. Errors: invalid_argument when there is no outcome at all.
[[nodiscard]] Result<Model> adapt(const Model& model, const Dataset& data);

// Returns `model` without some experts. Errors: not_found for a name it does not know;
// invalid_argument when none would be left.
[[nodiscard]] Result<Model> without_experts(const Model& model,
                                            const std::vector<std::string>& names);

}  // namespace ooe::predictor
