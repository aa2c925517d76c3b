// A model made to know one expert more, or one benchmark better, from a handful of outcomes and
// without refitting anything else.
//
// A new expert's few answers move it from what experts of the past are like: one Bayesian linear
// regression of its scores on the outcome factors of their questions, seen where others answered
// the same question and expected from its text where not, and on what its text says beside
// (expert_prior.h). Few answers speak through the factors, many through the text as well.
// It uses directions predicted out of fold, so that they mean what they will on new texts.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/outcome.h"
#include "predictor/model.h"

namespace ooe::predictor {

// A known expert's level moves by the mean of what new outcomes leave over, as if it had been right
// about this many more: little, for where the source differs the old level is a weak prior.
inline constexpr double kLevelPriorOutcomes = 10.0;

// Returns `model` with every expert of `data` that it does not know added, in their order, and the
// levels of those that it does know re-estimated on `data`. A new one's answers are as long as
// those recorded of it, or as the others' without any. Rows whose text the model was trained on use
// what it keeps of them. Errors: invalid_argument when there is no outcome at all.
[[nodiscard]] Result<Model> adapt(const Model& model, const Dataset& data);

// How far adapt() moves the level of an expert that the model knows.
struct LevelMove {
  std::string expert;
  double by = 0.0;           // added to its predicted quality
  std::size_t outcomes = 0;  // that say so
};

// Returns what adapt(model, data) does to the experts that `model` knows, in the order of `data`;
// those without an outcome are left out. The model keeps no list of what it counted: the same data
// once more moves its levels once more.
[[nodiscard]] std::vector<LevelMove> level_moves(const Model& model, const Dataset& data);

// How many of these questions' texts are among those that the model keeps of its training, all or
// a sample of them: it was trained on so many at least.
[[nodiscard]] std::size_t count_trained_on(const Model& model, std::span<const QueryId> queries);

// Returns `model` without some experts. Errors: not_found for a name it does not know;
// invalid_argument when none would be left.
[[nodiscard]] Result<Model> without_experts(const Model& model,
                                            const std::vector<std::string>& names);

}  // namespace ooe::predictor
