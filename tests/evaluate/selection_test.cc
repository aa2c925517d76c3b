#include "evaluate/selection.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.h"

namespace ooe::evaluate {
namespace {

using universe::Objective;

struct SelectionCase {
  OutcomeMatrix outcomes;
  std::vector<float> cost_usd;
  std::vector<Prediction> predictions;
};

SelectionCase random_selection(Rng& rng, std::size_t n, std::size_t m) {
  SelectionCase c;
  for (std::size_t i = 0; i < m; ++i) c.outcomes.experts.push_back("e" + std::to_string(i));
  for (std::size_t query = 0; query < n; ++query) {
    c.outcomes.question_ids.push_back("q" + std::to_string(query));
    for (std::size_t i = 0; i < m; ++i) {
      c.outcomes.score.push_back(static_cast<float>(rng.below(2)));
      c.cost_usd.push_back(0.001F * static_cast<float>(i + 1));
      Prediction prediction;
      prediction.quality = static_cast<double>(rng.below(5)) / 4.0;
      prediction.cost = Usd{static_cast<std::int64_t>(i + 1) * 1'000'000};
      c.predictions.push_back(prediction);
    }
  }
  return c;
}

TEST(SelectionFigures, AreDifferencesOfValuesOfSets) {
  Rng rng(41);
  for (int round = 0; round < 30; ++round) {
    const std::size_t m = 2 + rng.below(4);
    const SelectionCase c = random_selection(rng, 30, m);
    universe::SelectOptions options;
    options.objective = round % 2 == 0 ? Objective::oracle : Objective::predictable;
    options.size_max = 1 + rng.below(m);
    const auto utilities = *universe::utilities(c.outcomes, c.cost_usd, c.predictions, 10.0);
    const auto universe = *universe::select(utilities, c.outcomes.experts, options);
    const SelectionFigures figures = selection_figures(
        utilities, c.outcomes.experts, universe, options, c.cost_usd, {.resamples = 10, .seed = 1});
    const auto value_of = options.objective == Objective::oracle ? universe::oracle_value
                                                                 : universe::predictable_value;
    const auto value = [&](const universe::Utilities& of, const std::vector<ExpertId>& set) {
      return set.empty() ? 0.0 : value_of(of, set);
    };
    std::vector<ExpertId> set;
    for (const auto& member : universe.members) set.push_back(member.expert);
    EXPECT_NEAR(figures.utility.mean, universe.utility, 1e-6);
    double share = 0.0;
    for (std::size_t i = 0; i < set.size(); ++i) {
      const double over_nobody = i == 0 ? utilities.floor : 0.0;
      EXPECT_NEAR(figures.members[i].gain.mean, universe.members[i].marginal_gain + over_nobody,
                  1e-6);
      std::vector<ExpertId> rest = set;
      std::erase(rest, set[i]);
      EXPECT_NEAR(figures.members[i].left_out.mean, value(utilities, set) - value(utilities, rest),
                  1e-6);
      share += figures.members[i].share;
      EXPECT_EQ(figures.sizes[i].added, set[i]) << "the curve begins with the chosen";
    }
    EXPECT_NEAR(share, 1.0, 1e-9);
    EXPECT_EQ(figures.outsiders.size(), m - set.size());
    for (const OutsiderFigures& outsider : figures.outsiders) {
      std::vector<ExpertId> larger = set;
      larger.push_back(outsider.expert);
      EXPECT_NEAR(outsider.gain.mean, value(utilities, larger) - value(utilities, set), 1e-6);
    }
    EXPECT_NEAR(figures.sizes.back().oracle,
                universe::oracle_value(utilities,
                                       [&] {
                                         std::vector<ExpertId> all;
                                         for (const auto& size : figures.sizes) {
                                           all.push_back(size.added);
                                         }
                                         return all;
                                       }()),
                1e-6);
  }
}

TEST(SelectionFigures, OverlapIsOfRightAnswers) {
  SelectionCase c;
  c.outcomes.experts = {"a", "b", "c"};
  c.outcomes.question_ids = {"1", "2", "3", "4"};
  c.outcomes.score = {1, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1};
  const auto utilities = *universe::utilities(c.outcomes, {}, {}, 0.0);
  universe::SelectOptions options;
  options.objective = Objective::oracle;
  options.size_max = 3;
  options.include = {"a", "b", "c"};
  const auto universe = *universe::select(utilities, c.outcomes.experts, options);
  const auto figures = selection_figures(utilities, c.outcomes.experts, universe, options, {},
                                         {.resamples = 10, .seed = 1});
  EXPECT_DOUBLE_EQ(figures.members[0].overlap, 2.0 / 3.0) << "two of three with b";
  EXPECT_EQ(figures.members[0].most_like.value, 1);
  EXPECT_DOUBLE_EQ(figures.overlap[2], 0.0) << "a and c share none";
  EXPECT_EQ(figures.members[1].left_out.mean, 0.0) << "b adds nothing to a";
  EXPECT_TRUE(std::isnan(figures.sizes[0].predictable));
}

TEST(SelectionFigures, GainPerUsdNeedsACostThatRises) {
  SelectionCase c;
  c.outcomes.experts = {"cheap", "dear"};
  c.outcomes.question_ids = {"1", "2"};
  c.outcomes.score = {1, 0, 0, 1};
  c.cost_usd = {0.001F, 0.003F, 0.001F, 0.003F};
  const auto utilities = *universe::utilities(c.outcomes, {}, {}, 0.0);
  universe::SelectOptions options;
  options.objective = Objective::oracle;
  options.size_max = 1;
  const auto universe = *universe::select(utilities, c.outcomes.experts, options);
  const auto figures = selection_figures(utilities, c.outcomes.experts, universe, options,
                                         c.cost_usd, {.resamples = 10, .seed = 1});
  ASSERT_EQ(figures.outsiders.size(), 1U);
  EXPECT_NEAR(figures.outsiders[0].usd_per_1k, 1.0, 1e-6) << "half the queries cost 2 more";
  EXPECT_NEAR(figures.outsiders[0].gain_per_usd, 0.5, 1e-6);
  const auto free = selection_figures(utilities, c.outcomes.experts, universe, options, {},
                                      {.resamples = 10, .seed = 1});
  EXPECT_TRUE(std::isnan(free.outsiders[0].gain_per_usd));
}

}  // namespace
}  // namespace ooe::evaluate
