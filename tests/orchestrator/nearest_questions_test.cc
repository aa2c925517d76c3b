#include "orchestrator/nearest_questions.h"

#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "core/query.h"

namespace ooe::orchestrator {
namespace {

Dataset dataset_of(const std::vector<std::string>& texts) {
  Dataset data;
  data.outcomes.experts = {"b", "a"};
  for (std::size_t i = 0; i < texts.size(); ++i) {
    Question question;
    question.id = "q" + std::to_string(i);
    question.benchmark = "bench";
    question.subject = "subject";
    question.question = texts[i];
    data.questions.push_back(question);
    data.texts.push_back(texts[i]);
    data.query_ids.push_back(query_id(texts[i]));
    data.outcomes.question_ids.push_back(question.id);
    data.outcomes.score.push_back(static_cast<float>(i) / 8.0F);
    data.outcomes.score.push_back(i == 1 ? kNotMeasured : 1.0F);
  }
  return data;
}

TEST(NearestQuestions, FindsWhatSharesWordsAndCarriesScoresInTheCataloguesOrder) {
  const Dataset data = dataset_of({"What is the capital of France?", "Integrate x squared over x.",
                                   "What is the capital of Peru?", "Name a prime number."});
  std::vector<Expert> experts(3);
  experts[0].name = "a";
  experts[1].name = "stranger";
  experts[2].name = "b";
  const auto nearest = NearestQuestions::make(data, experts);

  const auto same = nearest.find("WHAT is the capital   of Peru?", 2);
  ASSERT_EQ(same.size(), 2U);
  EXPECT_EQ(same[0].id, "q2");
  EXPECT_NEAR(same[0].similarity, 1.0, 1e-5);
  EXPECT_EQ(same[1].id, "q0");
  EXPECT_GT(same[1].similarity, 0.1);
  EXPECT_LT(same[1].similarity, 0.99);
  ASSERT_EQ(same[0].scores.size(), 3U);
  EXPECT_EQ(same[0].scores[0], 1.0F);
  EXPECT_TRUE(std::isnan(same[0].scores[1]));
  EXPECT_EQ(same[0].scores[2], 0.25F);

  const auto one = nearest.find("integrate", 3);
  ASSERT_EQ(one.size(), 1U);
  EXPECT_TRUE(std::isnan(one[0].scores[0]));
  EXPECT_TRUE(nearest.find("zzz qqq", 3).empty());
  EXPECT_TRUE(nearest.find("", 3).empty());
  EXPECT_TRUE(NearestQuestions::make({}, experts).find("what", 3).empty());
  EXPECT_EQ(NearestQuestions::make(data, experts, 1).find("capital", 3).size(), 1U);
}

}  // namespace
}  // namespace ooe::orchestrator
