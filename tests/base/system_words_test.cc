#include "base/system_words.h"

#include <cerrno>

#include <gtest/gtest.h>

namespace ooe {
namespace {

TEST(SystemWords, SaysWhatAnErrorMeans) {
  EXPECT_EQ(system_words(ENOENT), "No such file or directory");
  EXPECT_EQ(system_words(ECONNREFUSED), "Connection refused");
  EXPECT_EQ(system_words(4711), "Unknown error 4711");
}

}  // namespace
}  // namespace ooe
