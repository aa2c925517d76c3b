// How much a text looks like each subject of the training questions: a linear classifier on
// n-grams, one against all by ridge regression, whose scores become probabilities,
//   s_c(x) = exp(t y_c(x)) / sum_c' exp(t y_c'(x)),    y_c(x) = share_c + x W_c
// with the sharpness t that fits the labels best out of fold. Labels are used in training alone; a
// live query has none. Sources: one-against-all ridge, Rifkin and Klautau 2004; the temperature,
// Platt 1999, Guo et al. 2017.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "learn/kernel_ridge.h"
#include "predictor/encoded_texts.h"

namespace ooe::predictor {

inline constexpr std::size_t kSubjectsMax = 64;          // the most frequent are kept
inline constexpr std::size_t kSubjectQuestionsMin = 15;  // rarer labels teach nothing

struct SubjectScores {
  std::vector<std::string> names;  // [c]; empty: nothing to tell apart
  std::vector<float> share;        // [c], of the labelled questions
  float sharpness = 0.0F;
  learn::MatrixRowsF ngram_weights;  // [width, c]

  // Turns the linear scores of one text, without `share`, into probabilities, in place.
  void to_probabilities(std::span<float> scores) const;
};

struct SubjectFit {
  SubjectScores scores;
  learn::MatrixRowsF out_of_fold;  // [n, c], probabilities
};

// Shape: label[i] is the subject of row i, empty when unknown (its target is then each subject's
// share, which teaches nothing).
[[nodiscard]] SubjectFit fit_subjects(const EncodedTexts& texts, std::span<const std::string> label,
                                      const learn::RidgeOptions& options);

}  // namespace ooe::predictor
