// How many tokens an expert's answer takes, from the recorded usage of its answers: experts differ
// by a factor, texts by another that all experts share.
//   log(1 + tokens_ij) = a_j + b . z_i + noise        z: dense features, scaled
//   expected tokens_j(x) = smear_j (exp(a_j + b . z(x)) - 1)
// The smear makes the mean over the recorded answers come out right, which exp of a mean of logs
// does not (Duan 1983). An expert without usage gets the typical factor; without any usage at all
// every answer is taken to have kOutputTokensDefault tokens.
#pragma once

#include <span>
#include <vector>

#include <Eigen/Core>

#include "core/outcome.h"
#include "learn/dense_scale.h"

namespace ooe::predictor {

inline constexpr float kOutputTokensDefault = 256.0F;

struct TokenModel {
  std::vector<float> log_level;  // [m], a
  std::vector<float> smear;      // [m]
  std::vector<float> weights;    // [p], b

  // Shape: z is [p], scaled; tokens is [m]. Never negative.
  void predict(std::span<const float> z, std::span<float> tokens) const;
};

// One expert's part of the model.
struct TokenLevel {
  float log_level = 0.0F;
  float smear = 1.0F;
};

// Of an expert that the model does not know, from its own answers: a_j is the mean of
// log(1 + tokens) - b . z, begun at the known experts' mean. Shape: tokens is [n], NaN where not
// recorded; z is [n, p], scaled. Requires: the model knows an expert.
[[nodiscard]] TokenLevel fit_token_level(const TokenModel& model, std::span<const float> tokens,
                                         const learn::MatrixRowsF& z);

// Shape: z is [n_queries, p], rows as the outcomes'.
[[nodiscard]] TokenModel fit_tokens(const OutcomeMatrix& outcomes, const learn::MatrixRowsF& z);

}  // namespace ooe::predictor
