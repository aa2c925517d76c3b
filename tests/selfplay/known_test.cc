#include "selfplay/known.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "core/query.h"

namespace ooe::selfplay {
namespace {

Question question_of(std::string id, std::string text) {
  return {.id = std::move(id),
          .benchmark = "b",
          .split = {},
          .subject = "law",
          .category = {},
          .question = std::move(text),
          .choices = {},
          .answer = "1"};
}

void answer(const Question& question, std::size_t expert, double score, Known& known) {
  take_in({.score = score, .basis = Basis::exact}, question, expert, known);
}

TEST(TrainingTable, WhatWasMeasuredIsNoMeanWithABelief) {
  const Question river = question_of("q1", "Which river flows through Paris?");
  const Question court = question_of("q2", "Which court is highest?");
  const Question again = question_of("q3", court.question);  // under another id
  const Question other = question_of("t1", "Which bridge is longest?");
  Known known{.experts = {"a", "b"}};
  answer(river, 0, 1.0, known);
  answer(court, 0, 0.0, known);
  answer(again, 1, 1.0, known);
  const std::vector<Question> targets = {river, other};
  const Dataset data = training_table(known, targets, believe(known, targets, {}));

  EXPECT_THAT(data.outcomes.question_ids, testing::ElementsAre("q1", "q2", "t1"));
  std::vector<QueryId> ids = data.query_ids;
  std::ranges::sort(ids);
  EXPECT_EQ(std::ranges::adjacent_find(ids), ids.end()) << "training merges equal texts by mean";
  const auto score = [&](std::size_t row, std::size_t expert) {
    return data.outcomes.score[data.outcomes.at(row, expert)];
  };
  EXPECT_EQ(score(0, 0), 1.0F) << "though users ask it too";
  EXPECT_EQ(score(1, 0), 0.0F);
  EXPECT_EQ(score(1, 1), 1.0F);
  for (const float believed : {score(0, 1), score(2, 0), score(2, 1)}) {
    EXPECT_GT(believed, 0.0F);
    EXPECT_LT(believed, 1.0F);
  }
}

TEST(TrainingTable, OutcomesOfOneTextUnderTwoIdsCountWithTheirMean) {
  const Question first = question_of("q1", "Which river flows through Paris?");
  Known known{.experts = {"a"}};
  answer(first, 0, 1.0, known);
  answer(question_of("q2", first.question), 0, 0.0, known);
  const Dataset data = training_table(known, {}, believe(known, {}, {}));
  ASSERT_EQ(data.outcomes.n_queries(), 1U);
  EXPECT_EQ(data.outcomes.score[0], 0.5F);
}

TEST(TrainingTable, HasWhatAnswersTookWhoeverGradedThem) {
  const Question river = question_of("q1", "Which river flows through Paris?");
  const Question again = question_of("q2", river.question);
  const Question court = question_of("q3", "Which court is highest?");
  Known known{.experts = {"a", "b"}};
  take_in({.score = 1.0, .usage = {.input_tokens = 10.0, .output_tokens = 40.0, .cost_usd = 0.5}},
          river, 0, known);
  take_in({.score = 1.0, .usage = {.output_tokens = 60.0}}, again, 0, known);
  take_in({.score = 0.0, .basis = Basis::judged, .usage = {.output_tokens = 7.0}}, court, 1, known);
  answer(court, 0, 1.0, known);
  const Dataset data = training_table(known, {}, believe(known, {}, {}));
  const OutcomeMatrix& outcomes = data.outcomes;
  ASSERT_EQ(outcomes.n_queries(), 2U);
  ASSERT_EQ(outcomes.output_tokens.size(), 4U);
  EXPECT_EQ(outcomes.output_tokens[outcomes.at(0, 0)], 50.0F);
  EXPECT_EQ(outcomes.output_tokens[outcomes.at(1, 1)], 7.0F);
  EXPECT_TRUE(std::isnan(outcomes.output_tokens[outcomes.at(0, 1)])) << "nobody was asked";
  EXPECT_TRUE(std::isnan(outcomes.output_tokens[outcomes.at(1, 0)])) << "nobody counted";
  EXPECT_EQ(outcomes.input_tokens[outcomes.at(0, 0)], 10.0F);
  EXPECT_EQ(outcomes.cost_usd[outcomes.at(0, 0)], 0.5F);
}

}  // namespace
}  // namespace ooe::selfplay
