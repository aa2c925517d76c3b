#include "learn/blas.h"

#include <gtest/gtest.h>

namespace ooe::learn {
namespace {

TEST(AdviceOnKernels, IsGivenWhereOldOnesRunOnANewProcessor) {
  const auto advice = advice_on_kernels("Prescott", true);
  ASSERT_TRUE(advice);
  EXPECT_NE(advice->find("(Prescott)"), std::string::npos);
  EXPECT_NE(advice->find("OPENBLAS_CORETYPE=Haswell"), std::string::npos);
}

TEST(AdviceOnKernels, IsNotGivenWhereTheyFitOrNothingIsKnownOfThem) {
  EXPECT_FALSE(advice_on_kernels("Prescott", false));
  for (const char* kernels : {"Haswell", "Zen", "SkylakeX", "Cooperlake", "of next year"}) {
    EXPECT_FALSE(advice_on_kernels(kernels, true)) << kernels;
  }
}

}  // namespace
}  // namespace ooe::learn
