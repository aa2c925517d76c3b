// The text model fitted to some questions: what all experts share (vocabulary, levels, easiness),
// then each expert's own logistic regression on top,
//
//   z_ij = b_j + s_j easiness(x_i) + v_j x_i,    quality = sigmoid(z)
//
// with b_j drawn to the logit of the expert's shrunk mean, s_j to 1, and v_j to 0 by a penalty that
// all experts share. The stronger the penalty, the less experts differ but in level and in how much
// difficulty matters to them: that is what keeps an argmax over experts from chasing noise (the
// winner's curse). Everything is linear in x, so the fit ends as one intercept and one weight a
// feature for each expert.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "core/outcome.h"
#include "encoder/text_encoder.h"
#include "learn/sparse_rows.h"
#include "predictor/difficulty.h"
#include "predictor/levels.h"

namespace ooe::predictor {

struct TextFitOptions {
  encoder::LexicalOptions lexical = {
      .words = {.hash_bits = 16},
      .characters = {.kind = encoder::NgramKind::characters, .features_max = 0}};
  std::uint64_t seed = 1;       // of the inner folds that cross-fit the easiness
  std::size_t inner_folds = 5;  // >= 2
  std::size_t threads = 0;      // 0: all cores; the result does not depend on it
};

// z_j(x) = intercept + weights x
struct ExpertWeights {
  double intercept = 0.0;
  Eigen::VectorXd weights;  // [width]
};

class TextFit {
 public:
  // Fits what is shared, to the rows `rows` of `data`. Reads their texts, query ids and scores.
  // Requires: `data` outlives this object.
  TextFit(const Dataset& data, std::vector<std::size_t> rows, const TextFitOptions& options);

  // Returns the expert's fit at each penalty; cheapest from the strongest down, each starts at the
  // last. Threads: any number at a time.
  [[nodiscard]] std::vector<ExpertWeights> expert_path(std::size_t expert,
                                                       std::span<const double> penalties) const;

  [[nodiscard]] const encoder::TextEncoder& encoder() const { return encoder_; }
  [[nodiscard]] const Levels& levels() const { return levels_; }
  [[nodiscard]] const Difficulty& difficulty() const { return difficulty_; }
  [[nodiscard]] std::size_t width() const { return features_.width; }

 private:
  const Dataset& data_;
  std::vector<std::size_t> rows_;
  encoder::TextEncoder encoder_;
  learn::SparseRows features_;  // of rows_
  Levels levels_;
  Difficulty difficulty_;
};

}  // namespace ooe::predictor
