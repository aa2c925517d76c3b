// How unlike the training questions a query is: 0 inside what was interviewed, 1 far outside. What
// is learnt of one kind of question hardly transfers to another, so a novel query's prediction
// falls back to each expert's level, and its uncertainty grows.
//
// Two measures, each against its distribution over the training questions (left out): the share of
// the text's words and word pairs that training knows, and how far its dense features lie from the
// mean, averaged over features. Each is 0 up to the most extreme hundredth of the training
// questions, and 1 from twice that far from the median on, but no sooner than a quarter of the
// words or four squared deviations further; together 1 - (1 - a)(1 - b).
#pragma once

#include <vector>

#include "encoder/features.h"
#include "predictor/encoded_texts.h"

namespace ooe::predictor {

// Standard deviation of an expert's level between benchmarks it was not tuned for, as we saw it;
// what is left to know of a query that is wholly novel.
inline constexpr double kNovelQualitySd = 0.15;

// 0 up to `inside`, 1 from `outside` on, linear between; may run downwards.
struct Ramp {
  float inside = 0.0F;
  float outside = 1.0F;
  [[nodiscard]] float at(float value) const;
};

struct Novelty {
  std::vector<float> mean;  // [kDenseCount]
  std::vector<float> sd;    // [kDenseCount], never below kSdMin
  Ramp known_share;
  Ramp distance;

  static constexpr float kSdMin = 0.05F;  // of a feature that hardly varied in training

  [[nodiscard]] float of(const encoder::Features& features) const;
  // Mean squared standardised distance, each feature counting at most 16.
  [[nodiscard]] float distance_of(const float* dense) const;
};

[[nodiscard]] Novelty fit_novelty(const EncodedTexts& texts);

}  // namespace ooe::predictor
