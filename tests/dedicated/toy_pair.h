// An own and a generic expert on made questions, from a seed.
#pragma once

#include <string>

#include <fmt/format.h>

#include "base/rng.h"
#include "core/outcome.h"
#include "core/query.h"

namespace ooe::dedicated {

// "own" is right about short questions, "generic" about most, "other" about some. Every third
// question is of the split "train", where own is always right.
inline Dataset toy_pair(std::size_t n, std::uint64_t seed, bool trained_on = true) {
  Rng rng(seed);
  Dataset data;
  data.outcomes.experts = {"own", "generic", "other"};
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t words = 1 + rng.below(40);
    std::string text = fmt::format("Question {}:", i);
    for (std::size_t word = 0; word < words; ++word) text += fmt::format(" w{}", rng.below(300));
    Question question;
    question.id = fmt::format("q{}", i);
    question.benchmark = "toy";
    question.split = i % 3 == 0 ? "train" : "test";
    question.question = text;
    question.answer = std::to_string(i);
    data.query_ids.push_back(query_id(text));
    data.texts.push_back(std::move(text));
    data.outcomes.question_ids.push_back(question.id);
    const bool inside = trained_on && question.split == "train";
    data.questions.push_back(std::move(question));
    const double own = inside ? 1.0 : words < 20 ? 0.95 : 0.15;
    for (const double chance : {own, 0.9, 0.5}) {
      data.outcomes.score.push_back(rng.uniform() < chance ? 1.0F : 0.0F);
    }
  }
  data.prices.resize(3);
  return data;
}

}  // namespace ooe::dedicated
