// Scores of a known mean, read as at another level, inside [0, 1].
#pragma once

#include <algorithm>

namespace ooe::predictor {

// A right answer at a level that falls counts as the chance that it would be right at the new one
// too, a wrong one stays wrong; at a level that rises the other way round.
struct MovedLevel {
  double right = 1.0;  // what a right answer counts
  double wrong = 0.0;

  // Requires: `mean` in [0, 1]. The mean of moved scores is `moved`, brought into [0, 1].
  static MovedLevel between(double mean, double moved) {
    moved = std::clamp(moved, 0.0, 1.0);
    return {.right = moved < mean ? moved / mean : 1.0,
            .wrong = moved > mean ? 1.0 - (1.0 - moved) / (1.0 - mean) : 0.0};
  }
  [[nodiscard]] float of(float score) const {
    return static_cast<float>(wrong + (right - wrong) * double{score});
  }
};

}  // namespace ooe::predictor
