// Small data sets for the predictor's tests, from a seed, and what a model says of a text.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/rng.h"
#include "core/outcome.h"
#include "core/query.h"
#include "predictor/model.h"

namespace ooe::predictor {

// Texts and scores as they are; scores is [texts.size(), experts], row-major.
inline Dataset dataset(std::vector<std::string> texts, std::size_t n_experts,
                       std::vector<float> scores) {
  Dataset data;
  data.texts = std::move(texts);
  data.questions.resize(data.texts.size());
  for (std::size_t i = 0; i < data.texts.size(); ++i) {
    data.query_ids.push_back(query_id(data.texts[i]));
    data.outcomes.question_ids.push_back("q" + std::to_string(i));
  }
  for (std::size_t j = 0; j < n_experts; ++j) {
    data.outcomes.experts.push_back("expert " + std::to_string(j));
  }
  data.outcomes.score = std::move(scores);
  data.prices.resize(n_experts);
  return data;
}

// Subject s is words "s<s>w<k>"; expert j is right with probability 0.95 where the subject is j,
// else 0.4; a fifth of the cells is not measured.
inline Dataset specialists(std::size_t n_questions, std::size_t n_experts, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<std::string> texts;
  std::vector<float> scores;
  for (std::size_t i = 0; i < n_questions; ++i) {
    const std::size_t subject = rng.below(n_experts);
    std::string text = "question " + std::to_string(i) + ":";
    for (int word = 0; word < 8; ++word) {
      text += " s" + std::to_string(subject) + "w" + std::to_string(rng.below(30));
    }
    texts.push_back(std::move(text));
    for (std::size_t j = 0; j < n_experts; ++j) {
      const bool right = rng.uniform() < (j == subject ? 0.95 : 0.4);
      scores.push_back(rng.below(5) == 0 ? kNotMeasured : right ? 1.0F : 0.0F);
    }
  }
  return dataset(std::move(texts), n_experts, std::move(scores));
}

// Topic t is words "t<t>w<k>"; whether an expert knows it, right with probability 0.95 or 0.05, is
// the throw of a coin: experts differ in as many ways as there are topics.
inline Dataset coin_skills(std::size_t n_questions, std::size_t n_topics, std::size_t n_experts,
                           std::uint64_t seed) {
  Rng rng(seed);
  std::vector<bool> knows;
  for (std::size_t i = 0; i < n_topics * n_experts; ++i) knows.push_back(rng.below(2) == 0);
  std::vector<std::string> texts;
  std::vector<float> scores;
  for (std::size_t i = 0; i < n_questions; ++i) {
    const std::size_t topic = rng.below(n_topics);
    std::string text;
    for (int word = 0; word < 8; ++word) {
      text += (word > 0 ? " t" : "t") + std::to_string(topic) + "w" + std::to_string(rng.below(12));
    }
    texts.push_back(std::move(text));
    for (std::size_t j = 0; j < n_experts; ++j) {
      const double chance = knows[topic * n_experts + j] ? 0.95 : 0.05;
      scores.push_back(rng.uniform() < chance ? 1.0F : 0.0F);
    }
  }
  return dataset(std::move(texts), n_experts, std::move(scores));
}

[[nodiscard]] inline std::vector<Prediction> predicted(const Model& model, std::string_view text) {
  Scratch scratch;
  std::vector<Prediction> predictions(model.card().experts.size());
  model.predict(text, scratch, predictions);
  return predictions;
}

}  // namespace ooe::predictor
