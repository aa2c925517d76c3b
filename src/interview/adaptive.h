// The adaptive interview: each expert is asked the questions that tell most of it, a few at a time,
// until its mean score over all questions is known to a precision. What tells most is said by the
// other experts' outcomes on record (predictor/placement.h).
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "interview/ask.h"
#include "interview/examination.h"
#include "store/store.h"

namespace ooe::interview {

struct AdaptiveOptions {
  double precision = 0.05;     // half the width of the 95% interval of the mean score
  std::size_t batch_min = 10;  // questions between two looks at the precision; later a quarter more
};

// What is known of one expert in the end.
struct PlacedExpert {
  std::string expert;
  double quality = 0.0;       // mean score over all questions, expected
  double half_width = 0.0;    // of its 95% interval
  std::size_t answered = 0;   // outcomes of its own, earlier ones included
  std::size_t questions = 0;  // that could be asked
  std::size_t others = 0;     // experts by whose outcomes it was placed
  bool reached = false;       // the precision
};

struct AdaptiveSummary {
  AskSummary asked;
  std::vector<PlacedExpert> placed;  // in the order given
};

// One expert after the other; ends early as ask() does. Requires: graders that grade at once.
// Errors: those of the store and of ask().
[[nodiscard]] Result<AdaptiveSummary> ask_adaptively(
    const AskTools& tools, store::Store& store, std::span<const Expert> experts,
    const Examination& examination, std::int64_t max_tokens, const AskOptions& ask_options,
    const AdaptiveOptions& options, const AskHooks& hooks);

}  // namespace ooe::interview
