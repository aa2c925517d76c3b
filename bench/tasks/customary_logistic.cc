#include "bench/tasks/customary_logistic.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/ascii.h"
#include "base/parallel.h"
#include "base/unicode.h"
#include "predictor/expert_logistic.h"
#include "predictor/folds.h"
#include "predictor/metrics.h"

namespace ooe::tasks {
namespace {

using Rows = std::vector<std::size_t>;

constexpr double kWidelyKnownC = 2.0;
constexpr std::array kChoicesOfC = {0.3, 1.0, 3.0};
constexpr std::array<std::size_t, 5> kJudges = {0, 5, 10, 11, 14};  // of the core's experts
constexpr double kNearlyAll = 0.95;                                 // of all rows
constexpr int kTextsMin = 2;
constexpr double kTolerance = 1e-4;

using Counts = std::unordered_map<std::string, int>;

// What the customary splitter of words takes, "\w+": "_" too. Of a text in lower case.
bool is_customary_byte(char lower) { return lower == '_' || is_word_byte(lower); }

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
    while (end < normal.size() && is_customary_byte(normal[end])) ++end;
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

// scikit-learn's regression: liblinear's intercept is a weight like others.
predictor::ExpertLogisticOptions with_c(double c) {
  return {.penalty = 1.0 / c, .intercept_precision = 1.0 / c, .tolerance = kTolerance};
}

// Who learned from `seen`; ready to predict `unseen`.
class Learner {
 public:
  // `vocabulary`: the rows whose n-grams are features.
  Learner(const OutcomeMatrix& outcomes, const std::vector<Counts>& ngrams, const Rows& vocabulary,
          const Rows& seen, const Rows& unseen)
      : outcomes_(outcomes), seen_(seen), unseen_(unseen) {
    const Vectorizer vectorizer(pick(ngrams, vocabulary));
    features_ = vectorizer.transform(pick(ngrams, seen));
    unseen_features_ = vectorizer.transform(pick(ngrams, unseen));
  }

  // Writes the quality of one expert, with C = `c`, into column `expert` of `quality`.
  void predict(std::size_t expert, double c, std::vector<float>& quality) const {
    const auto weights =
        predictor::fit_expert_logistic(outcomes_, seen_, features_, expert, with_c(c));
    for (std::size_t i = 0; i < unseen_.size(); ++i) {
      quality[outcomes_.at(unseen_[i], expert)] =
          predictor::predict_expert_logistic(weights, unseen_features_, i);
    }
  }

 private:
  static std::vector<Counts> pick(const std::vector<Counts>& ngrams, const Rows& rows) {
    std::vector<Counts> picked;
    for (const std::size_t row : rows) picked.push_back(ngrams[row]);
    return picked;
  }

  const OutcomeMatrix& outcomes_;
  const Rows& seen_;
  const Rows& unseen_;
  learn::SparseRows features_;
  learn::SparseRows unseen_features_;
};

// One third of `seen` judges those who learn from the others, on the n-grams of all: so passages
// that two thirds share speak for a large C. That is a fault of the reference, kept: its floor
// stands on it. `judges`: columns of experts.
double best_c(const OutcomeMatrix& outcomes, const std::vector<Counts>& ngrams, const Rows& seen,
              const Rows& judges) {
  Rows learned;
  Rows judged;
  for (std::size_t i = 0; i < seen.size(); ++i) (i % 3 == 0 ? judged : learned).push_back(seen[i]);
  const Learner learner(outcomes, ngrams, seen, learned, judged);
  std::vector<double> losses;
  for (const double c : kChoicesOfC) {
    std::vector<float> quality(outcomes.score.size(), kNotMeasured);
    parallel_for(judges.size(), 0, [&](std::size_t k) { learner.predict(judges[k], c, quality); });
    std::vector<double> scores;
    std::vector<double> predictions;
    for (const std::size_t row : judged) {
      for (const std::size_t expert : judges) {
        scores.push_back(double{outcomes.score[outcomes.at(row, expert)]});
        predictions.push_back(double{quality[outcomes.at(row, expert)]});
      }
    }
    losses.push_back(predictor::log_loss(scores, predictions));
  }
  return kChoicesOfC[static_cast<std::size_t>(std::ranges::min_element(losses) - losses.begin())];
}

bool nearly_all_measured(const OutcomeMatrix& outcomes, std::size_t expert) {
  std::size_t measured = 0;
  for (std::size_t row = 0; row < outcomes.n_queries(); ++row) {
    if (!std::isnan(outcomes.score[outcomes.at(row, expert)])) ++measured;
  }
  return static_cast<double>(measured) > kNearlyAll * static_cast<double>(outcomes.n_queries());
}

Rows only_in(const Rows& rows, const std::set<std::size_t>& core) {
  Rows kept;
  std::ranges::copy_if(rows, std::back_inserter(kept),
                       [&](std::size_t row) { return core.contains(row); });
  return kept;
}

}  // namespace

std::vector<float> customary_logistic(const Dataset& data, const Rows& core,
                                      const Rows& core_experts, std::uint64_t seed,
                                      std::size_t folds) {
  const OutcomeMatrix& outcomes = data.outcomes;
  std::vector<Counts> ngrams;
  for (const std::string& text : data.texts) ngrams.push_back(count_ngrams(text));
  Rows judges;
  for (const std::size_t place : kJudges) judges.push_back(core_experts.at(place));
  Rows widely_known;
  Rows known_to_core;
  for (const std::size_t expert : core_experts) {
    (nearly_all_measured(outcomes, expert) ? widely_known : known_to_core).push_back(expert);
  }
  const std::set<std::size_t> is_core(core.begin(), core.end());
  std::vector<float> quality(outcomes.score.size(), kNotMeasured);
  for (std::size_t fold = 0; fold < folds; ++fold) {
    const auto [seen, unseen] = predictor::split_at_fold(data, seed, folds, fold);
    const Learner wide(outcomes, ngrams, seen, seen, unseen);
    parallel_for(widely_known.size(), 0,
                 [&](std::size_t k) { wide.predict(widely_known[k], kWidelyKnownC, quality); });
    const Rows core_seen = only_in(seen, is_core);
    const Rows core_unseen = only_in(unseen, is_core);
    const double c = best_c(outcomes, ngrams, core_seen, judges);
    const Learner narrow(outcomes, ngrams, core_seen, core_seen, core_unseen);
    parallel_for(known_to_core.size(), 0,
                 [&](std::size_t k) { narrow.predict(known_to_core[k], c, quality); });
  }
  return quality;
}

}  // namespace ooe::tasks
