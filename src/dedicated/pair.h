// An own expert and a generic one, as two columns of a table of outcomes: which questions say how
// good the pair is, and which do not, because the own expert was trained on them.
// In: outcomes, two experts. Out: rows to judge by, and what is wrong with the others. Knows:
// core, evaluate, predictor.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/outcome.h"
#include "predictor/contamination.h"

namespace ooe::dedicated {

// An own expert's mean score on a benchmark's training split beside that on its other splits, in
// the subjects that both have.
struct SplitMeans : predictor::SplitLevels {
  // Better where it may have been trained than elsewhere, and not by chance: its scores there say
  // little of new questions. Training counts a right answer there as the chance that it would be
  // right elsewhere (predictor/contamination.h); nothing is judged on them.
  [[nodiscard]] bool contaminated() const { return differs() && excess() > 0.0; }
};

struct Pair {
  std::size_t own = 0;  // columns of the table
  std::size_t generic = 0;
  std::vector<std::size_t> rows;   // both were measured, on no contaminated training split
  std::vector<SplitMeans> splits;  // of benchmarks where they can be compared, by name
};

// Errors: not_found for an expert that the table lacks; invalid_argument when both are the same, or
// no row is left to judge by.
[[nodiscard]] Result<Pair> make_pair(const Dataset& data, const std::string& own,
                                     const std::string& generic);

}  // namespace ooe::dedicated
