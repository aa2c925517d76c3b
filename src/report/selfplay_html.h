// Self-play on the report's page: quality and ownership by round, and what each round cost.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "evaluate/bootstrap.h"

namespace ooe::report {

// One round, as its journal has it.
struct SelfplayRound {
  int number = 0;
  std::int64_t asked = 0;       // answers learnt from
  std::int64_t exam_asked = 0;  // answers for the exam
  double usd = 0.0;
  std::int64_t contaminated = 0;  // generated questions too close to a test set, refused
  double quality = 0.0;           // exam score of the new model's choices; NaN: none
  evaluate::Interval gain;        // over the model before, paired
  double ownership = 0.0;         // of the exam's answers
  bool promoted = false;
  std::string reason;
};

// A chart of exam score and ownership, and a table. Empty without rounds.
[[nodiscard]] std::string selfplay_html(std::span<const SelfplayRound> rounds);

}  // namespace ooe::report
