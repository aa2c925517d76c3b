#include "selfplay/exam.h"

#include <gtest/gtest.h>

namespace ooe::selfplay {
namespace {

// Expert 1 is right on `gains` of a hundred questions on which expert 0 is wrong; both on all else.
ExamResult better_on(std::size_t gains) {
  Exam exam = Exam::make(std::vector<Question>(100), 2);
  for (std::size_t i = 0; i < 100; ++i) {
    exam.at(i, 0) = i < gains ? 0.0F : 1.0F;
    exam.at(i, 1) = 1.0F;
  }
  return compare(exam, std::vector<std::size_t>(100, 0), std::vector<std::size_t>(100, 1), 1);
}

// Five heads of five come in 3% of all throws of a fair coin.
TEST(Compare, TakesNoFewQuestionsForSure) {
  for (const std::size_t gains : {0, 1, 4, 5}) {
    EXPECT_FALSE(better_on(gains).surely_better()) << gains;
  }
  for (const std::size_t gains : {6, 10, 100}) {
    EXPECT_TRUE(better_on(gains).surely_better()) << gains;
  }
  EXPECT_EQ(better_on(4).changed, 100U);
  EXPECT_EQ(better_on(4).differ, 4U);
}

}  // namespace
}  // namespace ooe::selfplay
