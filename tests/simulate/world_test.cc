#include "simulate/world.h"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/query.h"

namespace ooe::simulate {
namespace {

constexpr int kQuestions = 4'000;

SimulatedExpert expert(std::string name, double otherwise, double difficulty_share = 0.4) {
  return {.name = std::move(name),
          .competence = {.otherwise = otherwise, .by_subject = {{"math", 0.9}}},
          .difficulty_share = difficulty_share};
}

std::vector<QueryId> some_queries() {
  std::vector<QueryId> queries;
  for (int i = 0; i < kQuestions; ++i) queries.push_back(query_id("question " + std::to_string(i)));
  return queries;
}

double share_right(std::uint64_t seed, const SimulatedExpert& who, const std::string& subject) {
  int right = 0;
  for (const QueryId& query : some_queries()) right += is_right(seed, who, query, subject) ? 1 : 0;
  return static_cast<double>(right) / kQuestions;
}

TEST(World, AnExpertIsRightAsOftenAsItsCompetenceSays) {
  for (const double share : {0.0, 0.4, 1.0}) {
    for (const double competence : {0.05, 0.35, 0.5, 0.86, 0.95}) {
      SCOPED_TRACE(competence);
      const double error = std::sqrt(competence * (1.0 - competence) / kQuestions);
      EXPECT_NEAR(share_right(1, expert("e", competence, share), "law"), competence, 3.0 * error);
    }
  }
  EXPECT_NEAR(share_right(2, expert("e", 0.1), "math"), 0.9, 3.0 * std::sqrt(0.09 / kQuestions));
  EXPECT_EQ(share_right(1, expert("e", 0.0), "law"), 0.0);
  EXPECT_EQ(share_right(1, expert("e", 1.0), "law"), 1.0);
}

TEST(World, IsRepeatableAndDependsOnSeedExpertAndQuestion) {
  const SimulatedExpert a = expert("a", 0.5);
  const SimulatedExpert b = expert("b", 0.5);
  int differs_by_seed = 0;
  int differs_by_expert = 0;
  for (const QueryId& query : some_queries()) {
    EXPECT_EQ(is_right(1, a, query, "law"), is_right(1, a, query, "law"));
    differs_by_seed += is_right(1, a, query, "law") != is_right(2, a, query, "law") ? 1 : 0;
    differs_by_expert += is_right(1, a, query, "law") != is_right(1, b, query, "law") ? 1 : 0;
  }
  EXPECT_GT(differs_by_seed, kQuestions / 3);
  EXPECT_GT(differs_by_expert, kQuestions / 5);
}

TEST(World, SharedDifficultyMakesErrorsCorrelate) {
  const auto both_wrong = [](double share) {
    int count = 0;
    for (const QueryId& query : some_queries()) {
      count += !is_right(1, expert("a", 0.7, share), query, "law") &&
                       !is_right(1, expert("b", 0.7, share), query, "law")
                   ? 1
                   : 0;
    }
    return static_cast<double>(count) / kQuestions;
  };
  EXPECT_NEAR(both_wrong(0.0), 0.09, 3.0 * std::sqrt(0.09 * 0.91 / kQuestions));
  EXPECT_GT(both_wrong(0.5), 0.12);
  EXPECT_NEAR(both_wrong(1.0), 0.30, 3.0 * std::sqrt(0.30 * 0.70 / kQuestions));
}

TEST(World, RefusesWhatCannotBeSimulated) {
  EXPECT_TRUE(check({.experts = {expert("a", 0.5), expert("b", 0.5)}}).has_value());
  SimulatedExpert slow = expert("a", 0.5);
  slow.tokens_per_second = -1.0;
  SimulatedExpert faulty = expert("a", 0.5);
  faulty.fault_share = std::nan("");
  for (const std::vector<SimulatedExpert>& experts :
       std::vector<std::vector<SimulatedExpert>>{{},
                                                 {expert("", 0.5)},
                                                 {expert("a#b", 0.5)},
                                                 {expert("a", 1.1)},
                                                 {expert("a", 0.5, -0.1)},
                                                 {expert("a", 0.5), expert("a", 0.5)},
                                                 {slow},
                                                 {faulty}}) {
    const auto refused = check({.experts = experts});
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::invalid_argument);
  }
}

}  // namespace
}  // namespace ooe::simulate
