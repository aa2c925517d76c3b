// What a Model holds; known to model.cc, model_file.cc and train.cc only.
#pragma once

#include <optional>
#include <vector>

#include "encoder/text_encoder.h"
#include "predictor/model.h"

namespace ooe::predictor {

// quality_j(x) = sigmoid(intercept_j + sum_f weight_fj x_f), x the n-grams of the text.
// Shape: m experts, features.width = d.
struct Model::Impl {
  ModelCard card;
  HeldOutSample held_out;
  std::vector<float> intercept;                 // [m], logits
  std::vector<float> quality_sd;                // [m]
  std::vector<float> output_tokens;             // [m]
  std::optional<encoder::TextEncoder> encoder;  // empty: the constant model, nothing is read
  std::vector<float> weights;                   // [d, m], row-major: a text's features are few
};

}  // namespace ooe::predictor
