// How far a judge can be believed, from verdicts on answers whose truth is known, and what a
// verdict is then worth. With a the share of right answers that it passes and b of wrong ones,
//   (verdict - b) / (a - b)
// is right on average, and scatters by 1 / (a - b)^2 more than the verdict itself: that is its
// weight (Measurement::noise). Source: Rogan and Gladen 1978.
#pragma once

#include <cstddef>
#include <optional>

#include "selfplay/belief.h"

namespace ooe::selfplay {

struct JudgeNoise {
  double right_passed = 0.0;  // verdicts on right answers, summed
  double right = 0.0;         // right answers
  double wrong_passed = 0.0;
  double wrong = 0.0;

  // A verdict in [0, 1] on an answer that was right or wrong.
  void observe(double verdict, bool is_right);

  [[nodiscard]] bool tried() const { return right + wrong > 0.0; }

  // Both sets of verdicts together.
  friend JudgeNoise operator+(const JudgeNoise& one, const JudgeNoise& other);

  // The shares a and b; before any verdict 0.5, as of a judge who knows nothing.
  [[nodiscard]] double passes_right() const { return (right_passed + 1.0) / (right + 2.0); }
  [[nodiscard]] double passes_wrong() const { return (wrong_passed + 1.0) / (wrong + 2.0); }

  // Returns what the verdict says of the answer; nothing when the judge tells right from wrong no
  // better than a - b = 0.2.
  [[nodiscard]] std::optional<Measurement> measure(std::size_t text, std::size_t expert,
                                                   double verdict) const;
};

}  // namespace ooe::selfplay
