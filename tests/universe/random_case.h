// Random outcomes with predictions and costs, and sets of experts as bits; shared by the tests of
// the room, whose oracles try every set.
#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.h"
#include "universe/select.h"

namespace ooe::universe {

struct Case {
  OutcomeMatrix outcomes;
  std::vector<float> cost_usd;
  std::vector<Prediction> predictions;
};

// Scores of few values, so that ties are met; `gaps`: one cell in so many was not measured.
inline Case random_case(Rng& rng, std::size_t n, std::size_t m, std::uint64_t gaps) {
  Case c;
  for (std::size_t i = 0; i < m; ++i) c.outcomes.experts.push_back("e" + std::to_string(i));
  for (std::size_t query = 0; query < n; ++query) {
    c.outcomes.question_ids.push_back("q" + std::to_string(query));
    for (std::size_t i = 0; i < m; ++i) {
      const bool gap = gaps != 0 && rng.below(gaps) == 0;
      c.outcomes.score.push_back(gap ? kNotMeasured : static_cast<float>(rng.below(3)) / 2.0F);
      c.cost_usd.push_back(gap ? kNotMeasured : static_cast<float>(rng.below(4)) * 0.001F);
      Prediction prediction;
      prediction.quality = static_cast<double>(rng.below(5)) / 4.0;
      prediction.cost = Usd{static_cast<std::int64_t>(rng.below(4)) * 1'000'000};
      c.predictions.push_back(prediction);
    }
  }
  c.outcomes.score[0] = 1.0F;  // somebody was measured
  c.cost_usd[0] = 0.001F;
  return c;
}

inline Utilities utilities_of(const Case& c, double quality_per_usd) {
  return *utilities(c.outcomes, c.cost_usd, c.predictions, quality_per_usd);
}

inline std::vector<ExpertId> set_of(unsigned bits, std::size_t m) {
  std::vector<ExpertId> set;
  for (std::size_t i = 0; i < m; ++i) {
    if ((bits >> i & 1U) != 0) set.push_back({static_cast<std::int32_t>(i)});
  }
  return set;
}

inline std::vector<ExpertId> experts_of(const Universe& universe) {
  std::vector<ExpertId> set;
  for (const UniverseMember& member : universe.members) set.push_back(member.expert);
  return set;
}

inline Usd usd(std::uint64_t dollars) {
  return {static_cast<std::int64_t>(dollars) * 1'000'000'000};
}

inline SelectOptions options_of(Objective objective, std::size_t size_max) {
  SelectOptions options;
  options.objective = objective;
  options.size_max = size_max;
  return options;
}

inline unsigned bits_of(const Universe& universe) {
  unsigned bits = 0;
  for (const UniverseMember& member : universe.members) bits |= 1U << member.expert.index();
  return bits;
}

// Tried, the bound is what the best set has; greedy's is no less.
inline void expect_bound(const Universe& universe, double best, const Utilities& utilities,
                         const std::vector<std::string>& experts, SelectOptions options) {
  EXPECT_NEAR(universe.utility_bound, best, 1e-6);
  options.tried_max = 0;
  EXPECT_GE(select(utilities, experts, options)->utility_bound, best - 1e-6);
}

}  // namespace ooe::universe
