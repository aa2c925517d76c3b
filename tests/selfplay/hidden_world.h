// A world for self-play to find out about: experts whose skills differ by family and change with
// difficulty within one, and users who ask some kinds of questions more often. The loop sees words
// and scores, never a family or a level.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "base/fast_hash.h"
#include "base/rng.h"
#include "core/query.h"
#include "selfplay/generator.h"
#include "selfplay/loop.h"

namespace ooe::selfplay {

struct WorldOptions {
  std::uint64_t seed = 1;
  std::size_t experts = 16;
  // Standard deviations of log-odds: between experts, of an expert between families, of how it
  // takes to difficulty.
  double level_sd = 0.4;
  double family_sd = 1.5;
  double slope_sd = 0.5;
};

class HiddenWorld {
 public:
  explicit HiddenWorld(const WorldOptions& options) : options_(options) {
    Rng rng(fast_hash("hidden world", options.seed));
    for (std::size_t j = 0; j < options.experts; ++j) {
      experts_.push_back("expert-" + std::to_string(j));
      const double level = options.level_sd * rng.normal();
      for (std::size_t f = 0; f < families().size(); ++f) {
        const double at_family = level + options.family_sd * rng.normal();
        const double slope = -0.5 + options.slope_sd * rng.normal();
        for (int l = 0; l < kLevels; ++l) {
          skill_.push_back(1.0 / (1.0 + std::exp(-at_family - slope * (l - 1.5))));
        }
      }
    }
    for (std::size_t k = 0; k < families().size() * kLevels; ++k) {
      traffic_.push_back(std::exp(0.8 * rng.normal()));
    }
  }

  [[nodiscard]] const std::vector<std::string>& experts() const { return experts_; }

  // The probability of a right answer.
  [[nodiscard]] double skill(const Question& question, std::size_t expert) const {
    const auto [family, level] = kind_of(question);
    return skill_[(expert * families().size() + family) * kLevels + level];
  }

  // Whether the answer is right: always the same for the same question.
  [[nodiscard]] bool is_right(const Question& question, std::size_t expert) const {
    const std::uint64_t seed = fast_hash(experts_[expert], options_.seed);
    return Rng(fast_hash(presented_text(question), seed)).uniform() < skill(question, expert);
  }

  // What users ask.
  [[nodiscard]] std::vector<Question> traffic(std::size_t count, std::uint64_t seed) const {
    Rng rng(fast_hash("traffic", seed + 1'000 * options_.seed));
    double sum = 0.0;
    for (const double share : traffic_) sum += share;
    std::vector<Question> questions;
    while (questions.size() < count) {
      double at = rng.uniform() * sum;
      std::size_t kind = 0;
      while (kind + 1 < traffic_.size() && at >= traffic_[kind]) at -= traffic_[kind++];
      questions.push_back(make_question(families()[kind / kLevels],
                                        static_cast<int>(kind % kLevels) + 1, rng.next()));
    }
    return questions;
  }

  // Expected score of a model's choices, and of the best ones.
  [[nodiscard]] double quality(const predictor::Model& model,
                               std::span<const Question> questions) const {
    const auto choices = choices_of(model, questions, experts_);
    double sum = 0.0;
    for (std::size_t i = 0; i < questions.size(); ++i) sum += skill(questions[i], choices[i]);
    return sum / static_cast<double>(questions.size());
  }
  [[nodiscard]] double oracle(std::span<const Question> questions) const {
    double sum = 0.0;
    for (const Question& question : questions) {
      double best = 0.0;
      for (std::size_t j = 0; j < experts_.size(); ++j) best = std::max(best, skill(question, j));
      sum += best;
    }
    return sum / static_cast<double>(questions.size());
  }

 private:
  struct Kind {
    std::size_t family;
    std::size_t level;
  };
  // From the id, which no model reads.
  [[nodiscard]] static Kind kind_of(const Question& question) {
    for (std::size_t f = 0; f < families().size(); ++f) {
      if (families()[f].name != question.category) continue;
      const std::size_t at = std::string("selfplay-").size() + question.category.size() + 1;
      return {f, static_cast<std::size_t>(question.id.at(at) - '1')};
    }
    return {0, 0};
  }

  WorldOptions options_;
  std::vector<std::string> experts_;
  std::vector<double> skill_;    // [experts, families, levels]
  std::vector<double> traffic_;  // [families, levels]
};

// `count` random interviews: a question that users ask, put to any expert.
inline void ask_at_random(const HiddenWorld& world, std::size_t count, std::uint64_t seed,
                          Known& known) {
  Rng rng(fast_hash("random", seed));
  for (const Question& question : world.traffic(count, seed)) {
    const std::size_t expert = rng.below(world.experts().size());
    known.readings.push_back({.question = known.add(question),
                              .expert = expert,
                              .score = world.is_right(question, expert) ? 1.0 : 0.0});
  }
}

// The loop's outside in a world: everything in memory.
struct WorldSeams {
  const HiddenWorld& world;
  std::uint64_t seed = 1;
  Usd usd_per_call = {1'000'000};  // a tenth of a cent
  QuestionFilter filter{FilterOptions{}};
  std::vector<std::string> saved = {};
  std::int64_t calls = 0;

  // What is asked in one round is not known to the next one's filter: numbers differ, and few
  // repeat.
  [[nodiscard]] Seams seams() {
    return {
        .generate = [this](int round, std::size_t count) -> Result<Generated> {
          std::vector<const Family*> all;
          for (const Family& family : families()) all.push_back(&family);
          return generate(all, fast_hash("pool", seed * 1'000 + static_cast<std::uint64_t>(round)),
                          count, filter);
        },
        .ask = [this](std::span<const Question> questions, std::span<const Call> asked,
                      Usd) -> Result<Asked> {
          Asked result;
          for (const Call& call : asked) {
            ++calls;
            result.spent += usd_per_call;
            result.answers.emplace_back(Answered{
                .score = world.is_right(questions[call.question], call.expert) ? 1.0 : 0.0});
          }
          return result;
        },
        .recall =
            [this](std::span<const Question> questions, std::span<const Call> asked) {
              std::vector<std::optional<Answered>> answers;
              for (const Call& call : asked) {
                answers.emplace_back(Answered{
                    .score = world.is_right(questions[call.question], call.expert) ? 1.0 : 0.0});
              }
              return answers;
            },
        .save = [](const Journal&) { return Result<void>(); },
        .promote = [](const predictor::Model&) { return Result<void>(); }};
  }
};

}  // namespace ooe::selfplay
