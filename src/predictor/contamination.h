// Scores on a benchmark's training split may come from a model that was trained on it, and then say
// little of new questions (a 7B model of mathematics: 82% there, 70% on the test split). So where
// an expert answered both a benchmark's split "train" and its others, the scores of the former are
// moved until the means agree: a right answer there counts as the chance that it would be right
// elsewhere too (moved_level.h), so that a question stays harder than another.
//
// A split may hold other subjects than the others, and a specialist is better at its own without
// ever having seen the questions: levels are compared within each subject, and pooled over those
// that both sides have, weighted by how surely each tells. What may be chance moves nothing.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/outcome.h"

namespace ooe::predictor {

// Outcomes an expert must have on either side before its levels are compared.
inline constexpr std::size_t kSplitOutcomesMin = 30;
// Standard errors that a difference of levels must have: one in 370 has as many by chance.
inline constexpr double kSplitErrors = 3.0;

// One expert's mean score on a benchmark's split "train" and on its others, over the subjects that
// both sides have, each subject weighted by how surely it tells the difference.
struct SplitLevels {
  std::string benchmark;
  std::size_t n_training = 0;  // outcomes in those subjects
  std::size_t n_other = 0;
  double training = 0.0;
  double other = 0.0;
  double error = 0.0;  // standard error of the difference

  [[nodiscard]] double excess() const { return training - other; }
  // Enough outcomes on either side, and more than chance.
  [[nodiscard]] bool differs() const;
};

// Returns the levels of expert `expert` (a column) on every benchmark where a subject has outcomes
// on both sides, by name.
[[nodiscard]] std::vector<SplitLevels> split_levels(const Dataset& data, std::size_t expert);

// Returns the outcomes with such scores moved.
[[nodiscard]] OutcomeMatrix level_training_splits(const Dataset& data);

// Whether it moves any.
[[nodiscard]] bool moves_training_splits(const Dataset& data);

}  // namespace ooe::predictor
