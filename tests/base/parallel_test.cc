#include "base/parallel.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

namespace ooe {
namespace {

TEST(ParallelFor, CallsEveryIndexOnceWhateverTheThreads) {
  for (const std::size_t count : {0U, 1U, 2U, 7U, 1000U}) {
    for (const std::size_t threads : {0U, 1U, 2U, 3U, 16U}) {
      SCOPED_TRACE(testing::Message() << count << " items, " << threads << " threads");
      std::vector<int> calls(count, 0);
      parallel_for(count, threads, [&](std::size_t i) { ++calls[i]; });
      EXPECT_EQ(calls, std::vector<int>(count, 1));
    }
  }
}

}  // namespace
}  // namespace ooe
