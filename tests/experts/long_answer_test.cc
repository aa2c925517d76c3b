#include "experts/long_answer.h"

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace ooe::experts {
namespace {

constexpr std::string_view kUsage = R"("usage":{"prompt_tokens":7,"completion_tokens":90000})";

std::string long_body(std::string_view before, std::string_view after) {
  return fmt::format(R"({{{}"choices":[{{"message":{{"content":"{}"}}}}]{}}})", before,
                     std::string(300'000, 'x'), after);
}

// Fed as it is known to be long after `held` bytes, then in pieces of `piece`.
LongAnswer fed(std::string_view body, std::size_t held, std::size_t piece) {
  LongAnswer answer(body.substr(0, held));
  for (std::size_t at = held; at < body.size(); at += piece) answer.feed(body.substr(at, piece));
  return answer;
}

TEST(LongAnswer, FindsItsUsageAtEitherEnd) {
  const std::string at_end = long_body("", fmt::format(",{}", kUsage));
  const std::string at_beginning = long_body(fmt::format("{},", kUsage), "");
  for (const std::string& body : {at_end, at_beginning}) {
    for (const std::size_t piece : {std::size_t{1'000}, std::size_t{65'536}, body.size()}) {
      const LongAnswer long_answer = fed(body, 100'000, piece);
      EXPECT_TRUE(long_answer.whole());
      const auto usage = long_answer.usage();
      ASSERT_TRUE(usage.has_value());
      EXPECT_EQ(usage->input, 7);
      EXPECT_EQ(usage->output, 90'000);
    }
  }
}

TEST(LongAnswer, IsNotWholeWhereverItIsCut) {
  const std::string body = long_body("", fmt::format(",{}", kUsage));
  for (const std::size_t end : {std::size_t{150'000}, body.size() - 20, body.size() - 1}) {
    EXPECT_FALSE(fed(std::string_view(body).substr(0, end), 100'000, 4'096).whole()) << end;
  }
}

TEST(LongAnswer, HasNoUsageThatNobodyTold) {
  const LongAnswer said_nothing = fed(long_body("", ""), 100'000, 4'096);
  EXPECT_TRUE(said_nothing.whole());
  EXPECT_FALSE(said_nothing.usage().has_value());
}

}  // namespace
}  // namespace ooe::experts
