#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/universe/random_case.h"
#include "universe/select.h"

namespace ooe::universe {
namespace {

using ::testing::HasSubstr;

TEST(OracleValue, IsMonotoneAndSubmodular) {
  Rng rng(1);
  for (int round = 0; round < 2'000; ++round) {
    const std::size_t m = 1 + rng.below(6);
    const Case c = random_case(rng, 1 + rng.below(8), m, rng.below(4));
    const Utilities u = utilities_of(c, rng.below(2) == 0 ? 0.0 : 300.0);
    const auto small = static_cast<unsigned>(rng.below(1U << m));
    const unsigned large = small | static_cast<unsigned>(rng.below(1U << m));
    const unsigned extra = 1U << rng.below(m);
    const auto value = [&](unsigned bits) { return oracle_value(u, set_of(bits, m)); };
    EXPECT_LE(value(small), value(large) + 1e-6);
    EXPECT_GE(value(small | extra) - value(small), value(large | extra) - value(large) - 1e-6);
  }
}

TEST(Utilities, WeightsCountLikeCopies) {
  Rng rng(10);
  const Case c = random_case(rng, 6, 3, 0);
  Case copied;
  copied.outcomes.experts = c.outcomes.experts;
  std::vector<double> weights;
  for (std::size_t query = 0; query < 6; ++query) {
    weights.push_back(static_cast<double>(query % 3));
    for (std::size_t copy = 0; copy < query % 3; ++copy) {
      copied.outcomes.question_ids.push_back("q");
      for (const float score : c.outcomes.row(query)) copied.outcomes.score.push_back(score);
    }
  }
  const Utilities weighed = *utilities(c.outcomes, {}, {}, 0.0, weights);
  const Utilities copies = *utilities(copied.outcomes, {}, {}, 0.0);
  for (unsigned bits = 0; bits < 8; ++bits) {
    EXPECT_NEAR(oracle_value(weighed, set_of(bits, 3)), oracle_value(copies, set_of(bits, 3)),
                1e-6);
  }
  weights[1] = -1.0;
  EXPECT_THAT(utilities(c.outcomes, {}, {}, 0.0, weights).error().message, HasSubstr("'q1'"));
  std::ranges::fill(weights, 0.0);
  EXPECT_FALSE(utilities(c.outcomes, {}, {}, 0.0, weights).has_value());
}

TEST(Utilities, RefusesMoneyWithoutCostsAndTablesWithoutOutcomes) {
  Rng rng(6);
  Case c = random_case(rng, 3, 2, 0);
  EXPECT_FALSE(utilities(c.outcomes, {}, {}, 1.0).has_value());
  EXPECT_FALSE(utilities(c.outcomes, c.cost_usd, {}, -1.0).has_value());
  EXPECT_FALSE(utilities(c.outcomes, c.cost_usd, {}, std::nan("")).has_value());
  c.predictions[3].cost.reset();
  EXPECT_THAT(utilities(c.outcomes, c.cost_usd, c.predictions, 1.0).error().message,
              HasSubstr("'e1'"));
  EXPECT_TRUE(utilities(c.outcomes, c.cost_usd, c.predictions, 0.0).has_value());
  c.outcomes.score.assign(c.outcomes.score.size(), kNotMeasured);
  EXPECT_FALSE(utilities(c.outcomes, {}, {}, 0.0).has_value());
  EXPECT_FALSE(utilities({}, {}, {}, 0.0).has_value());
}

TEST(Utilities, QueriesNobodyWasMeasuredOnAreLeftOut) {
  Case c;
  c.outcomes.experts = {"a"};
  c.outcomes.question_ids = {"1", "2"};
  c.outcomes.score = {1.0F, kNotMeasured};
  const Utilities u = *utilities(c.outcomes, {}, {}, 0.0);
  EXPECT_EQ(u.n_queries, 1U);
  EXPECT_DOUBLE_EQ(oracle_value(u, set_of(1, 1)), 1.0);
}

}  // namespace
}  // namespace ooe::universe
