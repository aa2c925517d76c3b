#include "base/result.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/log.h"

namespace ooe {
namespace {

TEST(Result, CarriesTheCodeAndTheFormattedMessage) {
  const Result<int> result = fail(ErrorCode::not_found, "{}: no line {}", "a.toml", 7);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::not_found);
  EXPECT_EQ(result.error().message, "a.toml: no line 7");

  const Result<std::string> passed_on = fail(result.error());
  EXPECT_EQ(passed_on.error().message, "a.toml: no line 7");
}

TEST(Result, CarriesWhatAnErrorIsAboutBesideItsMessage) {
  EXPECT_EQ(Result<int>(fail(ErrorCode::not_found, "gone")).error().subject, "");
  const Result<int> result = fail_about("expert a", ErrorCode::not_found, "no {}", "key");
  EXPECT_EQ(result.error().code, ErrorCode::not_found);
  EXPECT_EQ(result.error().message, "no key");
  EXPECT_EQ(result.error().subject, "expert a");

  const Result<std::string> passed_on = fail(result.error());
  EXPECT_EQ(passed_on.error().subject, "expert a");
  const Result<std::string> about_another = fail_about("model m", result.error());
  EXPECT_EQ(about_another.error().message, "no key");
  EXPECT_EQ(about_another.error().subject, "model m");
}

TEST(Result, EveryCodeHasAWordOfItsOwn) {
  std::set<std::string> words;
  for (int code = 0; code <= static_cast<int>(ErrorCode::internal); ++code) {
    words.emplace(to_string(static_cast<ErrorCode>(code)));
  }
  EXPECT_EQ(words.size(), static_cast<std::size_t>(ErrorCode::internal) + 1);
}

TEST(CheckDeathTest, SaysWhatWasMeantAndWhere) {
  EXPECT_DEATH(OOE_CHECK(1 > 2, "one is less"), "result_test.cc:.*one is less.*1 > 2");
}

TEST(Log, RefusesALevelNobodyKnows) {
  const auto started = start_log("loud");
  ASSERT_FALSE(started.has_value());
  EXPECT_EQ(started.error().code, ErrorCode::invalid_argument);
  EXPECT_NE(started.error().message.find("'loud'"), std::string::npos);
  for (const char* level : {"debug", "info", "warning", "error", "off"}) {
    EXPECT_TRUE(start_log(level).has_value()) << level;
  }
}

}  // namespace
}  // namespace ooe
