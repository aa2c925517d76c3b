// The program in the test's own process, in a folder of its own.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/command.h"

namespace ooe::cli {

using Words = std::vector<std::string>;

struct Ended {
  int code = 0;
  std::string printed;  // on standard output
  std::string said;     // on standard error
};

inline Ended run_ooe(const Words& words) {
  std::vector<const char*> argv{"ooe"};
  for (const std::string& word : words) argv.push_back(word.c_str());
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  Ended ended;
  ended.code = run_program(static_cast<int>(argv.size()), argv.data());
  ended.printed = ::testing::internal::GetCapturedStdout();
  ended.said = ::testing::internal::GetCapturedStderr();
  return ended;
}

// An empty folder that is the working one.
class InEmptyFolder : public ::testing::Test {
 protected:
  InEmptyFolder() {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    std::filesystem::current_path(folder_);
  }
  ~InEmptyFolder() override {
    std::filesystem::current_path(before_);
    std::filesystem::remove_all(folder_);
  }

  static void write(const std::string& name, const std::string& text) {
    ASSERT_TRUE(write_file_atomically(name, text).has_value()) << name;
  }

 private:
  std::filesystem::path before_ = std::filesystem::current_path();
  std::filesystem::path folder_ =
      std::filesystem::path(::testing::TempDir()) / fmt::format("ooe_cli_{}", ::getpid());
};

}  // namespace ooe::cli
