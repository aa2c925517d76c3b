// Tables with blanks, made fair to choose from: an expert that was not asked is not one that was
// wrong. In: outcomes. Out: outcomes in which nobody is behind for want of being asked, and a count
// of the blanks. Knows: core.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "core/outcome.h"

namespace ooe::universe {

struct WithoutBlanks {
  OutcomeMatrix outcomes;    // as the table's; rows that do not count are not measured at all
  std::size_t cells = 0;     // of the pool, on questions that one of it was measured on
  std::size_t blank = 0;     // of these, not measured
  std::size_t common = 0;    // questions that the whole pool was measured on
  bool only_common = false;  // these alone count; else blanks are filled
};

// Fewer common questions, or less than half, say less about the pool than filling the blanks does.
inline constexpr std::size_t kCommonQuestionsMin = 100;

// When there are enough, only the questions count that every expert but the `exclude`d was measured
// on. Else a blank counts as the expert's mean score on the question's benchmark, shrunk by ten
// outcomes to its mean on all questions, and that to the mean of everybody: one right answer is no
// record. Nothing is known of an expert without any outcome, and its blanks stay.
[[nodiscard]] WithoutBlanks without_blanks(const Dataset& data,
                                           std::span<const std::string> exclude);

}  // namespace ooe::universe
