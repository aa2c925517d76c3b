// Scores on a benchmark's training split may come from a model that was trained on it, and then say
// little of new questions (a 7B model of mathematics: 82% there, 70% on the test split). So where
// an expert answered both a benchmark's split "train" and its others, the scores of the former are
// moved until the means agree: what differs between questions of the split is kept, its level is
// not.
#pragma once

#include "core/outcome.h"

namespace ooe::predictor {

// Outcomes an expert must have on either side before their means are compared.
inline constexpr std::size_t kSplitOutcomesMin = 30;

// Returns the outcomes with such scores moved; they may leave [0, 1] by as much.
[[nodiscard]] OutcomeMatrix level_training_splits(const Dataset& data);

}  // namespace ooe::predictor
