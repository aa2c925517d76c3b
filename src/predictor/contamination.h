// Scores on a benchmark's training split may come from a model that was trained on it, and then say
// little of new questions (a 7B model of mathematics: 82% there, 70% on the test split). So where
// an expert answered both a benchmark's split "train" and its others, the scores of the former are
// moved until the means agree: what differs between questions of the split is kept, its level is
// not.
//
// Subject by subject: a split may hold other subjects than the others, and a specialist is better
// at its own without ever having seen the questions. Moved over all subjects together, splits of
// the example questions cost the routing of the demo nine points of accuracy.
#pragma once

#include <cstddef>
#include <span>

#include "core/outcome.h"

namespace ooe::predictor {

// Outcomes an expert must have on either side before their means are compared.
inline constexpr std::size_t kSplitOutcomesMin = 30;

// Returns the outcomes with such scores moved; they may leave [0, 1] by as much. Only `rows` are
// looked at, and moved.
[[nodiscard]] OutcomeMatrix level_training_splits(const Dataset& data,
                                                  std::span<const std::size_t> rows);

// Whether it moves any.
[[nodiscard]] bool moves_training_splits(const Dataset& data);

}  // namespace ooe::predictor
