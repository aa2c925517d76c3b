#include "orchestrator/nearest_questions.h"

#include <algorithm>
#include <numeric>
#include <optional>

#include "base/unicode.h"
#include "encoder/lexical_encoder.h"

namespace ooe::orchestrator {
namespace {

// As much is read as predictions read, but all of it of the beginning.
std::string normalised(std::string_view text) {
  Normaliser normalise;
  return std::string(normalise(text.substr(0, encoder::kTextBytesRead)));
}

}  // namespace

NearestQuestions NearestQuestions::make(const Dataset& data, std::span<const Expert> experts,
                                        std::size_t questions_max) {
  const std::size_t n = std::min(data.texts.size(), questions_max);
  std::vector<std::string> texts;
  for (std::size_t row = 0; row < n; ++row) texts.push_back(normalised(data.texts[row]));
  NearestQuestions nearest(encoder::NgramEncoder::fit(texts, {}));
  nearest.rows_of_.resize(nearest.words_.width());
  std::vector<std::optional<std::size_t>> column;
  for (const Expert& expert : experts) column.push_back(data.outcomes.column_of(expert.name));
  encoder::NgramScratch scratch;
  encoder::SparseVector vector;
  for (std::size_t row = 0; row < n; ++row) {
    vector.clear();
    nearest.words_.encode(texts[row], 0, scratch, vector);
    for (std::size_t k = 0; k < vector.size(); ++k) {
      nearest.rows_of_[vector.index[k]].emplace_back(static_cast<std::uint32_t>(row),
                                                     vector.value[k]);
    }
    const Question& question = data.questions[row];
    NearQuestion& known = nearest.questions_.emplace_back();
    known = {question.id, question.benchmark, question.subject, data.texts[row], 0.0, {}};
    for (const auto& at : column) {
      known.scores.push_back(at ? data.outcomes.score[data.outcomes.at(row, *at)] : kNotMeasured);
    }
  }
  return nearest;
}

std::vector<NearQuestion> NearestQuestions::find(std::string_view text, std::size_t count) const {
  encoder::NgramScratch scratch;
  encoder::SparseVector vector;
  words_.encode(normalised(text), 0, scratch, vector);
  std::vector<float> similarity(questions_.size(), 0.0F);
  for (std::size_t k = 0; k < vector.size(); ++k) {
    for (const auto& [row, weight] : rows_of_[vector.index[k]]) {
      similarity[row] += weight * vector.value[k];
    }
  }
  std::vector<std::size_t> order(questions_.size());
  std::iota(order.begin(), order.end(), 0U);
  const std::size_t size = std::min(count, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(size), order.end(),
                    [&](std::size_t a, std::size_t b) {
                      return similarity[a] != similarity[b] ? similarity[a] > similarity[b] : a < b;
                    });
  std::vector<NearQuestion> nearest;
  for (std::size_t rank = 0; rank < size && similarity[order[rank]] > 0.0F; ++rank) {
    nearest.push_back(questions_[order[rank]]);
    nearest.back().similarity = std::min(1.0, double{similarity[order[rank]]});
  }
  return nearest;
}

}  // namespace ooe::orchestrator
