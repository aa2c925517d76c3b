// Golden files: what a report looks like, to be looked at when it changes.
// OOE_UPDATE_GOLDEN=1 rewrites them.
#pragma once

#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

#include "base/file.h"

namespace ooe::report {

inline void expect_golden(const std::string& name, const std::string& text) {
  const std::string path = std::string(OOE_SOURCE_DIR "/tests/golden/report/") + name;
  if (std::getenv("OOE_UPDATE_GOLDEN") != nullptr) {  // NOLINT(concurrency-mt-unsafe): one thread
    ASSERT_TRUE(write_file_atomically(path, text).has_value()) << path;
  }
  const auto golden = read_file(path);
  ASSERT_TRUE(golden.has_value()) << path << " is missing; run once with OOE_UPDATE_GOLDEN=1";
  EXPECT_EQ(text, *golden);
}

}  // namespace ooe::report
