#include "report/ranking.h"

#include <set>

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

}  // namespace
}  // namespace ooe::report
