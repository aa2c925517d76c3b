#include "predictor/rivals.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "base/parallel.h"
#include "encoder/text_encoder.h"
#include "learn/dense_scale.h"
#include "learn/k_means.h"
#include "learn/neighbours.h"
#include "learn/sigmoid.h"
#include "predictor/encoded_texts.h"
#include "predictor/expert_logistic.h"
#include "predictor/folds.h"
#include "predictor/levels.h"
#include "predictor/matrix_factorisation.h"

namespace ooe::predictor {
namespace {

constexpr std::size_t kNeighbours = 100;
constexpr std::size_t kClustersMax = 32;
constexpr std::size_t kQuestionsPerCluster = 100;

using Rows = std::vector<std::size_t>;

std::vector<float>& predictions_of(std::string_view name, const Dataset& data,
                                   std::vector<Rival>& rivals) {
  const auto found = std::ranges::find(rivals, name, &Rival::name);
  if (found != rivals.end()) return found->quality;
  rivals.push_back(
      {std::string(name), std::vector<float>(data.outcomes.score.size(), kNotMeasured)});
  return rivals.back().quality;
}

// Each expert's mean over some rows, shrunk to its level.
void write_means(const Dataset& data, std::span<const std::size_t> rows, const Levels& levels,
                 std::size_t to, std::vector<float>& quality) {
  const OutcomeMatrix& outcomes = data.outcomes;
  for (std::size_t j = 0; j < outcomes.n_experts(); ++j) {
    double sum = kPriorOutcomes * levels.mean[j];
    double count = kPriorOutcomes;
    for (const std::size_t row : rows) {
      const float score = outcomes.score[outcomes.at(row, j)];
      if (std::isnan(score)) continue;
      sum += double{score};
      count += 1.0;
    }
    quality[outcomes.at(to, j)] = static_cast<float>(sum / count);
  }
}

encoder::LexicalOptions words_only() {
  encoder::LexicalOptions options;
  options.characters.features_max = 0;
  return options;
}

}  // namespace

void predict_rivals(const Dataset& data, const Rows& seen, const Rows& unseen,
                    const RivalOptions& options, std::vector<Rival>& rivals) {
  if (seen.empty() || unseen.empty()) return;
  const OutcomeMatrix& outcomes = data.outcomes;
  const encoder::TextEncoder encoder =
      encoder::LexicalEncoder::fit(texts_of(data, seen), {}, options.threads);
  const EncodedTexts seen_texts = encode_texts(encoder, texts_of(data, seen), options.threads);
  const EncodedTexts unseen_texts = encode_texts(encoder, texts_of(data, unseen), options.threads);
  const Levels levels = fit_levels(outcomes, seen);
  for (const char* name : {"knn", "clusters", "logistic", "matrix factorisation"}) {
    (void)predictions_of(name, data, rivals);  // before any reference is taken
  }

  std::vector<float>& knn = predictions_of("knn", data, rivals);
  const auto nearest =
      learn::nearest_rows(seen_texts.ngrams, unseen_texts.ngrams, kNeighbours, options.threads);
  for (std::size_t i = 0; i < unseen.size(); ++i) {
    Rows rows;
    for (const std::uint32_t neighbour : nearest[i]) rows.push_back(seen[neighbour]);
    write_means(data, rows, levels, unseen[i], knn);
  }

  std::vector<float>& clusters = predictions_of("clusters", data, rivals);
  const std::size_t k =
      std::clamp<std::size_t>(seen.size() / kQuestionsPerCluster, 1, kClustersMax);
  const learn::KMeans means =
      learn::fit_k_means(seen_texts.ngrams, k, options.seed, options.threads);
  std::vector<Rows> members(k);
  for (std::size_t i = 0; i < seen.size(); ++i) {
    members[means.nearest(seen_texts.ngrams, i)].push_back(seen[i]);
  }
  for (std::size_t i = 0; i < unseen.size(); ++i) {
    write_means(data, members[means.nearest(unseen_texts.ngrams, i)], levels, unseen[i], clusters);
  }

  std::vector<float>& logistic = predictions_of("logistic", data, rivals);
  const encoder::TextEncoder words =
      encoder::LexicalEncoder::fit(texts_of(data, seen), words_only(), options.threads);
  const learn::SparseRows seen_words =
      encode_texts(words, texts_of(data, seen), options.threads).ngrams;
  const learn::SparseRows unseen_words =
      encode_texts(words, texts_of(data, unseen), options.threads).ngrams;
  parallel_for(outcomes.n_experts(), options.threads, [&](std::size_t expert) {
    const learn::LogisticWeights weights = fit_expert_logistic(
        outcomes, seen, seen_words, expert, {.intercept_mean = learn::logit(levels.mean[expert])});
    for (std::size_t i = 0; i < unseen.size(); ++i) {
      logistic[outcomes.at(unseen[i], expert)] = predict_expert_logistic(weights, unseen_words, i);
    }
  });

  std::vector<float>& factorised = predictions_of("matrix factorisation", data, rivals);
  const std::vector<float> qualities = predict_by_factorisation(
      outcomes, seen, seen_texts, unseen_texts,
      learn::fit_dense_scale(seen_texts.dense, std::vector<float>(encoder::kDenseCount, 0.1F)),
      options.seed);
  for (std::size_t i = 0; i < unseen.size(); ++i) {
    for (std::size_t j = 0; j < outcomes.n_experts(); ++j) {
      factorised[outcomes.at(unseen[i], j)] = qualities[i * outcomes.n_experts() + j];
    }
  }
}

}  // namespace ooe::predictor
