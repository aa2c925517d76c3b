#include "universe/blanks.h"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "universe/objective.h"
#include "universe/select.h"

namespace ooe::universe {
namespace {

// Row by row; -1: not measured.
Dataset table(std::vector<std::string> experts, const std::vector<std::vector<float>>& rows) {
  Dataset data;
  data.outcomes.experts = std::move(experts);
  for (const auto& row : rows) {
    Question question;
    question.id = "q" + std::to_string(data.questions.size());
    question.benchmark = "b";
    data.outcomes.question_ids.push_back(question.id);
    data.questions.push_back(std::move(question));
    for (const float score : row) data.outcomes.score.push_back(score < 0 ? kNotMeasured : score);
  }
  return data;
}

// 65% everywhere, and all right on the half it was asked.
Dataset full_and_star(std::size_t n) {
  std::vector<std::vector<float>> rows;
  for (std::size_t i = 0; i < n; ++i) {
    rows.push_back({i % 20 < 13 ? 1.0F : 0.0F, i % 2 == 0 ? 1.0F : -1.0F});
  }
  return table({"full65", "star100"}, rows);
}

std::string best_of(const OutcomeMatrix& outcomes) {
  SelectOptions options;
  options.objective = Objective::oracle;
  options.size_max = 1;
  const auto universe = select(*utilities(outcomes, {}, {}, 0.0), outcomes.experts, options);
  return outcomes.experts[universe->members.front().expert.index()];
}

TEST(Blanks, NobodyIsBehindForWantOfBeingAsked) {
  // 150 common questions are enough, 20 are not.
  for (const std::size_t n : {300U, 40U}) {
    const Dataset data = full_and_star(n);
    EXPECT_EQ(best_of(data.outcomes), "full65") << "as long as blanks count as wrong";
    const WithoutBlanks fair = without_blanks(data, {});
    EXPECT_EQ(fair.cells, 2 * n);
    EXPECT_EQ(fair.blank, n / 2);
    EXPECT_EQ(fair.common, n / 2);
    EXPECT_EQ(fair.only_common, n == 300);
    EXPECT_EQ(best_of(fair.outcomes), "star100") << n;
    EXPECT_EQ(utilities(fair.outcomes, {}, {}, 0.0)->n_queries, n == 300 ? 150U : 40U);
  }
}

TEST(Blanks, AreFilledWithTheMeanOnTheBenchmarkWhereThereIsOne) {
  Dataset data =
      table({"a", "b", "nobody"}, {{1, 1, -1}, {-1, 0, -1}, {0, 1, -1}, {-1, 1, -1}, {-1, -1, -1}});
  data.questions[0].benchmark = data.questions[1].benchmark = "other";
  const WithoutBlanks filled = without_blanks(data, {});
  const auto at = [&](std::size_t query, std::size_t expert) {
    return filled.outcomes.score[filled.outcomes.at(query, expert)];
  };
  const float all = 4.0F / 6.0F;
  const float of_a = (1.0F + 10.0F * all) / 12.0F;
  EXPECT_FLOAT_EQ(at(1, 0), (1.0F + 10.0F * of_a) / 11.0F);
  EXPECT_FLOAT_EQ(at(3, 0), (0.0F + 10.0F * of_a) / 11.0F);
  EXPECT_EQ(at(1, 1), 0.0F) << "measured";
  EXPECT_TRUE(std::isnan(at(0, 2))) << "nothing is known of it";
  EXPECT_TRUE(std::isnan(at(4, 0))) << "nobody was asked";
  EXPECT_EQ(filled.blank, 4U + 2U);
  EXPECT_EQ(filled.cells, 12U);
}

TEST(Blanks, ThoseOfTheExcludedDoNotMatter) {
  const Dataset data = full_and_star(300);
  const std::vector<std::string> exclude{"star100"};
  const WithoutBlanks fair = without_blanks(data, exclude);
  EXPECT_EQ(fair.blank, 0U);
  EXPECT_EQ(utilities(fair.outcomes, {}, {}, 0.0)->n_queries, 300U);
}

TEST(Blanks, ATableWithoutAnyIsAsItWas) {
  const Dataset data = table({"a", "b"}, {{1, 0}, {0, 1}});
  EXPECT_EQ(without_blanks(data, {}).outcomes.score, data.outcomes.score);
}

}  // namespace
}  // namespace ooe::universe
