#include "gateway/goal_header.h"

#include <string>

#include <gmock/gmock.h>

namespace ooe::gateway {
namespace {

using ::testing::HasSubstr;

TEST(GoalHeader, ReadsEveryGoalOfTheConfiguration) {
  const auto match = parse_goal(R"({"match":"gpt-4","tolerance":0.02,"confidence":0.9})");
  ASSERT_TRUE(match.has_value()) << match.error().message;
  EXPECT_EQ(std::get<MatchExpert>(match->aim).expert, "gpt-4");
  EXPECT_EQ(std::get<MatchExpert>(match->aim).tolerance, 0.02);
  EXPECT_EQ(std::get<MatchExpert>(match->aim).confidence, 0.9);
  const auto share = parse_goal(R"( {"ownership": 0.25, "deadline_ms": 800} )");
  ASSERT_TRUE(share.has_value()) << share.error().message;
  EXPECT_EQ(std::get<OwnershipShare>(share->aim).share, 0.25);
  EXPECT_EQ(share->deadline, std::chrono::milliseconds(800));
  EXPECT_FALSE(share->first_token.has_value());
  const auto budget =
      parse_goal(R"({"maximise":"quality","usd_per_1k_queries":2.5,"first_token_ms":100})");
  ASSERT_TRUE(budget.has_value()) << budget.error().message;
  EXPECT_EQ(std::get<MaximiseQuality>(budget->aim).per_1k_queries_max, usd_from_double(2.5));
  EXPECT_EQ(budget->first_token, std::chrono::milliseconds(100));
}

TEST(GoalHeader, RefusesEverythingElseAndSaysWhy) {
  const struct {
    std::string text;
    const char* why;
  } cases[] = {
      {"", "one JSON object"},
      {"{", "one JSON object"},
      {"[]", "one JSON object"},
      {R"("quality")", "one JSON object"},
      {R"({"ownership":0.5} {})", "one JSON object"},
      {R"({"ownership":0.5,"ownership":0.1})", "one JSON object"},
      {"{}", "exactly one of"},
      {R"({"deadline_ms":5})", "exactly one of"},
      {R"({"match":"a","ownership":1})", "exactly one of"},
      {R"({"maximise":"speed"})", "only \"quality\""},
      {R"({"maximise":1})", "'maximise' is 1, not a text"},
      {R"({"match":"a","tolerance":2})", "'tolerance' is 2, not a number from 0 to 1"},
      {R"({"match":"a","confidence":1})", "'confidence' is 1"},
      {R"({"ownership":"0.5"})", "'ownership' is \"0.5\""},
      {R"({"ownership":1e999})", "one JSON object"},
      {R"({"maximise":"quality","usd_per_1k_queries":-1})", "'usd_per_1k_queries' is -1"},
      {R"({"ownership":0.5,"tolerance":0.1})", "'tolerance' does not belong"},
      {R"({"ownership":0.5,"deadline_ms":0})", "'deadline_ms' is 0"},
      {std::string(2'000, ' ') + "{}", "2002 bytes"},
      {std::string(600, '['), "one JSON object"},
      {"{\"match\":\"\xff\"}", "one JSON object"},
  };
  for (const auto& [text, why] : cases) {
    SCOPED_TRACE(text.substr(0, 60));
    const auto goal = parse_goal(text);
    ASSERT_FALSE(goal.has_value());
    EXPECT_THAT(goal.error().message, HasSubstr(why));
  }
}

}  // namespace
}  // namespace ooe::gateway
