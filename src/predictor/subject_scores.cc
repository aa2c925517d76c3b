#include "predictor/subject_scores.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>

#include "learn/as_index.h"

namespace ooe::predictor {
namespace {

using learn::as_index;

constexpr std::size_t kUnlabelled = std::numeric_limits<std::size_t>::max();
// Sharper than a regression's: a classifier wants the nearest texts to speak.
constexpr std::array kSubjectAlphas = {1.0};
constexpr std::array kSharpness = {2.0F,  4.0F,  6.0F,  8.0F,  10.0F,
                                   12.0F, 14.0F, 17.0F, 20.0F, 25.0F};

// The most frequent labels, by name.
std::vector<std::string> frequent(std::span<const std::string> label) {
  std::map<std::string, std::size_t> count;
  for (const std::string& name : label) {
    if (!name.empty()) ++count[name];
  }
  std::vector<std::string> names;
  for (const auto& [name, questions] : count) {
    if (questions >= kSubjectQuestionsMin) names.push_back(name);
  }
  std::ranges::stable_sort(names, std::ranges::greater{},
                           [&](const std::string& name) { return count[name]; });
  names.resize(std::min(names.size(), kSubjectsMax));
  std::ranges::sort(names);
  if (names.size() < 2) names.clear();
  return names;
}

void softmax(std::span<float> scores, float sharpness) {
  const float largest = *std::ranges::max_element(scores);
  float sum = 0.0F;
  for (float& score : scores) {
    score = std::exp(sharpness * (score - largest));
    sum += score;
  }
  for (float& score : scores) score /= sum;
}

double log_likelihood(const learn::MatrixRowsF& scores, std::span<const std::size_t> subject,
                      float sharpness) {
  double sum = 0.0;
  std::vector<float> row(static_cast<std::size_t>(scores.cols()));
  for (std::size_t i = 0; i < subject.size(); ++i) {
    if (subject[i] == kUnlabelled) continue;
    const auto from = scores.row(as_index(i));
    std::copy(from.data(), from.data() + scores.cols(), row.begin());
    softmax(row, sharpness);
    sum += std::log(std::max(1e-9, double{row[subject[i]]}));
  }
  return sum;
}

}  // namespace

void SubjectScores::to_probabilities(std::span<float> scores) const {
  for (std::size_t c = 0; c < names.size(); ++c) scores[c] += share[c];
  softmax(scores, sharpness);
}

SubjectFit fit_subjects(const EncodedTexts& texts, std::span<const std::string> label,
                        const learn::RidgeOptions& options) {
  SubjectFit fit;
  SubjectScores& scores = fit.scores;
  const auto n = as_index(texts.n());
  scores.names = frequent(label);
  const std::size_t c = scores.names.size();
  fit.out_of_fold.resize(n, as_index(c));
  scores.ngram_weights.resize(as_index(texts.ngrams.width), 0);
  if (c == 0) return fit;
  std::vector<std::size_t> subject(texts.n(), kUnlabelled);
  std::vector<double> count(c, 0.0);
  double labelled = 0.0;
  for (std::size_t i = 0; i < texts.n(); ++i) {
    const auto found = std::ranges::lower_bound(scores.names, label[i]);
    if (found == scores.names.end() || *found != label[i]) continue;
    subject[i] = static_cast<std::size_t>(found - scores.names.begin());
    count[subject[i]] += 1.0;
    labelled += 1.0;
  }
  for (const double questions : count) {
    scores.share.push_back(static_cast<float>(questions / labelled));
  }
  learn::MatrixRowsF target = learn::MatrixRowsF::Zero(n, as_index(c));
  for (std::size_t i = 0; i < texts.n(); ++i) {
    if (subject[i] == kUnlabelled) continue;
    for (std::size_t k = 0; k < c; ++k) {
      target(as_index(i), as_index(k)) = (k == subject[i] ? 1.0F : 0.0F) - scores.share[k];
    }
  }
  const learn::MatrixRowsF no_dense(n, 0);
  std::vector<learn::RidgeFit> ridge = learn::fit_ridge(
      {.ngrams = texts.ngrams, .dense = no_dense, .target = target}, kSubjectAlphas, options);
  scores.ngram_weights = std::move(ridge[0].ngram_weights);
  fit.out_of_fold = std::move(ridge[0].left_out);
  for (std::size_t k = 0; k < c; ++k) {
    fit.out_of_fold.col(as_index(k)).array() += scores.share[k];
  }
  double best = -std::numeric_limits<double>::infinity();
  for (const float sharpness : kSharpness) {
    const double likelihood = log_likelihood(fit.out_of_fold, subject, sharpness);
    if (likelihood <= best) continue;
    best = likelihood;
    scores.sharpness = sharpness;
  }
  for (Eigen::Index i = 0; i < n; ++i) {
    softmax({fit.out_of_fold.row(i).data(), c}, scores.sharpness);
  }
  return fit;
}

}  // namespace ooe::predictor
