// Scores on a benchmark's training split may come from a model that was trained on it, and then say
// little of new questions (a 7B model of mathematics: 82% there, 70% on the test split). So where
// an expert answered both a benchmark's split "train" and its others, the scores of the former are
// moved until the means agree: what differs between questions of the split is kept, its level is
// not.
//
// A split may hold other subjects than the others, and a specialist is better at its own without
// ever having seen the questions: levels are compared within each subject, and pooled over those
// that both sides have, weighted by how surely each tells. What may be chance moves nothing.
#pragma once

#include <cstddef>

#include "core/outcome.h"

namespace ooe::predictor {

// Outcomes an expert must have on either side before its levels are compared.
inline constexpr std::size_t kSplitOutcomesMin = 30;
// Standard errors that a difference must have: one in 370 has as many by chance.
inline constexpr double kSureErrors = 3.0;

// Returns the outcomes with such scores moved; they may leave [0, 1] by as much.
[[nodiscard]] OutcomeMatrix level_training_splits(const Dataset& data);

// Whether it moves any.
[[nodiscard]] bool moves_training_splits(const Dataset& data);

}  // namespace ooe::predictor
