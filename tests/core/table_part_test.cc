#include "core/table_part.h"

#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/query.h"

namespace ooe {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Three questions, three experts; the score of question i and expert j is i.j.
Dataset three_by_three() {
  Dataset data;
  for (const std::string name : {"x", "y", "z"}) {
    data.questions.emplace_back().id = name;
    data.texts.push_back("text of " + name);
    data.query_ids.push_back(query_id(data.texts.back()));
    data.outcomes.question_ids.push_back(name);
  }
  data.outcomes.experts = {"a", "b", "c"};
  data.outcomes.score = {0.0F, 0.1F, 0.2F, 1.0F, 1.1F, 1.2F, 2.0F, 2.1F, 2.2F};
  data.outcomes.cost_usd = {1.0F, 2.0F, 3.0F, 4.0F, 5.0F, 6.0F, 7.0F, 8.0F, 9.0F};
  data.prices.resize(3);
  data.prices[2].emplace();
  return data;
}

TEST(ColumnOf, FindsAnExpertByItsExactName) {
  const OutcomeMatrix outcomes = three_by_three().outcomes;
  EXPECT_EQ(outcomes.column_of("a"), 0U);
  EXPECT_EQ(outcomes.column_of("c"), 2U);
  EXPECT_EQ(outcomes.column_of("C"), std::nullopt);
  EXPECT_EQ(outcomes.column_of(""), std::nullopt);
  EXPECT_EQ(OutcomeMatrix{}.column_of("a"), std::nullopt);
}

TEST(SubsetRows, TakesQuestionsInTheOrderAskedAndAllExperts) {
  const Dataset data = three_by_three();
  const Dataset part = subset_rows(data, {2, 0});
  ASSERT_EQ(part.questions.size(), 2U);
  EXPECT_EQ(part.questions[0].id, "z");
  EXPECT_THAT(part.texts, ElementsAre("text of z", "text of x"));
  EXPECT_THAT(part.query_ids, ElementsAre(data.query_ids[2], data.query_ids[0]));
  EXPECT_THAT(part.outcomes.question_ids, ElementsAre("z", "x"));
  EXPECT_EQ(part.outcomes.experts, data.outcomes.experts);
  EXPECT_THAT(part.outcomes.score, ElementsAre(2.0F, 2.1F, 2.2F, 0.0F, 0.1F, 0.2F));
  EXPECT_THAT(part.outcomes.cost_usd, ElementsAre(7.0F, 8.0F, 9.0F, 1.0F, 2.0F, 3.0F));
  EXPECT_THAT(part.outcomes.output_tokens, IsEmpty());
  ASSERT_EQ(part.prices.size(), 3U);
  EXPECT_TRUE(part.prices[2].has_value());
}

TEST(SubsetRows, TakesNoneOrTheSameTwice) {
  const Dataset data = three_by_three();
  const Dataset none = subset_rows(data, {});
  EXPECT_EQ(none.outcomes.n_queries(), 0U);
  EXPECT_EQ(none.outcomes.n_experts(), 3U);
  EXPECT_THAT(none.outcomes.score, IsEmpty());
  EXPECT_THAT(subset_rows(data, {1, 1}).outcomes.question_ids, ElementsAre("y", "y"));
  EXPECT_THAT(subset_rows(std::vector<float>{}, {1, 2}, 3), IsEmpty());
}

TEST(SubsetColumns, TakesExpertsInTheOrderAskedAndAllQuestions) {
  const Dataset data = three_by_three();
  const Dataset part = subset_columns(data, {2, 0});
  EXPECT_EQ(part.questions.size(), 3U);
  EXPECT_EQ(part.texts, data.texts);
  EXPECT_EQ(part.query_ids, data.query_ids);
  EXPECT_EQ(part.outcomes.question_ids, data.outcomes.question_ids);
  EXPECT_THAT(part.outcomes.experts, ElementsAre("c", "a"));
  EXPECT_THAT(part.outcomes.score, ElementsAre(0.2F, 0.0F, 1.2F, 1.0F, 2.2F, 2.0F));
  EXPECT_THAT(part.outcomes.cost_usd, ElementsAre(3.0F, 1.0F, 6.0F, 4.0F, 9.0F, 7.0F));
  EXPECT_THAT(part.outcomes.input_tokens, IsEmpty());
  ASSERT_EQ(part.prices.size(), 2U);
  EXPECT_TRUE(part.prices[0].has_value());
  EXPECT_FALSE(part.prices[1].has_value());
}

TEST(SubsetColumns, KeepsTheQuestionsOfNoExpertsAndNeedsNoPrices) {
  Dataset data = three_by_three();
  data.prices.clear();
  EXPECT_THAT(subset_columns(data, {1}).prices, IsEmpty());
  const OutcomeMatrix none = subset_columns(data.outcomes, {});
  EXPECT_EQ(none.n_queries(), 3U);
  EXPECT_EQ(none.n_experts(), 0U);
  EXPECT_THAT(none.score, IsEmpty());
}

}  // namespace
}  // namespace ooe
