#include "report/ranking.h"

#include <limits>
#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace ooe::report {
namespace {

evaluate::Evaluation of_accuracies(std::size_t n) {
  evaluate::Evaluation evaluation;
  for (std::size_t i = 0; i < n; ++i) {
    evaluate::SingleExpert& expert = evaluation.experts.emplace_back();
    expert.accuracy = static_cast<double>(i) / static_cast<double>(n);  // the last is the best
  }
  return evaluation;
}

TEST(Ranking, GivesSeventySixExpertsALetterOfTheirOwn) {
  const Ranking ranking = rank(of_accuracies(78));
  EXPECT_EQ(ranking.letters[77], "A");
  EXPECT_EQ(ranking.letters[77 - 51], "z");
  EXPECT_EQ(ranking.letters[77 - 52], "α");
  EXPECT_EQ(ranking.letters[77 - 75], "ω");
  EXPECT_EQ(ranking.letters[1], "·");
  EXPECT_EQ(ranking.letters[0], "·");
  EXPECT_EQ(std::set(ranking.letters.begin(), ranking.letters.end()).size(), 77U);
}

TEST(Ranking, TheCheaperOfEqualsComesFirstAndUnknownCostsLast) {
  evaluate::Evaluation evaluation = of_accuracies(4);
  for (auto& expert : evaluation.experts) expert.accuracy = 0.5;
  evaluation.experts[0].usd_per_1k = std::numeric_limits<double>::quiet_NaN();
  evaluation.experts[1].usd_per_1k = 3.0;
  evaluation.experts[2].usd_per_1k = 1.0;
  evaluation.experts[3].usd_per_1k = 3.0;
  EXPECT_EQ(rank(evaluation).order, (std::vector<std::size_t>{2, 1, 3, 0}));
}

}  // namespace
}  // namespace ooe::report
