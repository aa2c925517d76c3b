#include "bench/tasks/customary_logistic.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/parallel.h"
#include "base/unicode.h"
#include "predictor/expert_logistic.h"
#include "predictor/folds.h"

namespace ooe::tasks {
namespace {

constexpr double kPenalty = 0.5;  // 1 / C
constexpr int kTextsMin = 2;
constexpr double kTolerance = 1e-4;

using Counts = std::unordered_map<std::string, int>;

bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
         (static_cast<unsigned char>(c) & 0x80U) != 0;
}

bool is_one_letter(std::string_view word) {
  return std::ranges::count_if(word, [](char c) {  // of UTF-8, first bytes are letters
           return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
         }) < 2;
}

// Words of two letters and more, and pairs of those that follow each other.
Counts count_ngrams(std::string_view text) {
  const std::string normal = normalise_text(text);
  Counts counts;
  std::string last;
  for (std::size_t at = 0; at < normal.size();) {
    std::size_t end = at;
    while (end < normal.size() && is_word_byte(normal[end])) ++end;
    const std::string word = normal.substr(at, end - at);
    at = std::max(end, at + 1);
    if (is_one_letter(word)) continue;
    ++counts[word];
    if (!last.empty()) ++counts[last + " " + word];
    last = word;
  }
  return counts;
}

class Vectorizer {
 public:
  explicit Vectorizer(const std::vector<Counts>& texts) {
    std::map<std::string, int> texts_with;
    for (const Counts& counts : texts) {
      for (const auto& [ngram, count] : counts) ++texts_with[ngram];
    }
    const auto n = static_cast<double>(texts.size());
    for (const auto& [ngram, count] : texts_with) {
      if (count < kTextsMin) continue;
      columns_.emplace(ngram, columns_.size());
      idf_.push_back(1.0 + std::log((1.0 + n) / (1.0 + count)));
    }
  }

  learn::SparseRows transform(const std::vector<Counts>& texts) const {
    learn::SparseRows rows;
    rows.width = idf_.size();
    for (const Counts& counts : texts) {
      std::map<std::uint32_t, double> row;  // in order, so that sums repeat
      double squares = 0.0;
      for (const auto& [ngram, count] : counts) {
        const auto column = columns_.find(ngram);
        if (column == columns_.end()) continue;
        const double value = (1.0 + std::log(double(count))) * idf_[column->second];
        row.emplace(static_cast<std::uint32_t>(column->second), value);
      }
      for (const auto& [column, value] : row) squares += value * value;
      for (const auto& [column, value] : row) {
        rows.index.push_back(column);
        rows.value.push_back(static_cast<float>(value / std::sqrt(squares)));
      }
      rows.begin.push_back(rows.index.size());
    }
    return rows;
  }

 private:
  std::unordered_map<std::string, std::size_t> columns_;
  std::vector<double> idf_;  // [columns]
};

}  // namespace

std::vector<float> customary_logistic(const Dataset& data, std::uint64_t seed, std::size_t folds) {
  const OutcomeMatrix& outcomes = data.outcomes;
  std::vector<Counts> ngrams;
  for (const std::string& text : data.texts) ngrams.push_back(count_ngrams(text));
  std::vector<float> quality(outcomes.score.size(), kNotMeasured);
  for (std::size_t fold = 0; fold < folds; ++fold) {
    const auto [seen, unseen] = predictor::split_at_fold(data, seed, folds, fold);
    std::vector<Counts> seen_ngrams;
    std::vector<Counts> unseen_ngrams;
    for (const std::size_t row : seen) seen_ngrams.push_back(ngrams[row]);
    for (const std::size_t row : unseen) unseen_ngrams.push_back(ngrams[row]);
    const Vectorizer vectorizer(seen_ngrams);
    const learn::SparseRows features = vectorizer.transform(seen_ngrams);
    const learn::SparseRows unseen_features = vectorizer.transform(unseen_ngrams);
    parallel_for(outcomes.n_experts(), 0, [&](std::size_t expert) {
      // liblinear's intercept is a weight like others.
      const auto weights = predictor::fit_expert_logistic(
          outcomes, seen, features, expert,
          {.penalty = kPenalty, .intercept_precision = kPenalty, .tolerance = kTolerance});
      for (std::size_t i = 0; i < unseen.size(); ++i) {
        quality[outcomes.at(unseen[i], expert)] =
            predictor::predict_expert_logistic(weights, unseen_features, i);
      }
    });
  }
  return quality;
}

}  // namespace ooe::tasks
