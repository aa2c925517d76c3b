// Why a prediction is what it is: the interview questions that resemble a query most, with what
// every expert scored on them. For explaining decisions, not for making them. Likeness is the
// cosine of tf-idf vectors of words and word pairs (encoder/ngram_encoder.h). In: a Dataset. Out:
// its nearest rows. Knows: encoder, core.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/expert.h"
#include "core/outcome.h"
#include "encoder/ngram_encoder.h"

namespace ooe::orchestrator {

struct NearQuestion {
  std::string id;
  std::string benchmark;
  std::string subject;
  std::string text;
  double similarity = 0.0;    // in (0, 1]
  std::vector<float> scores;  // [n_experts], the catalogue's order; NaN where not measured
};

// Immutable. Threads: any.
class NearestQuestions {
 public:
  // Rows beyond the first `questions_max` are left out: memory is some 2 KB each.
  [[nodiscard]] static NearestQuestions make(const Dataset& data, std::span<const Expert> experts,
                                             std::size_t questions_max = 50'000);

  // Returns at most `count`, the most similar first, of equals the earlier row; none that shares
  // no word. Cost: linear in the text and in the rows that share its words.
  [[nodiscard]] std::vector<NearQuestion> find(std::string_view text, std::size_t count) const;

 private:
  explicit NearestQuestions(encoder::NgramEncoder words) : words_(std::move(words)) {}

  encoder::NgramEncoder words_;
  std::vector<NearQuestion> questions_;  // similarity 0
  // [words_.width()]: rows that have the n-gram, with its weight there.
  std::vector<std::vector<std::pair<std::uint32_t, float>>> rows_of_;
};

}  // namespace ooe::orchestrator
