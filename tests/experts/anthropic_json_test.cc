#include "experts/anthropic_json.h"

#include <chrono>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "experts/anthropic_dialect.h"

namespace ooe::experts {
namespace {

TEST(AnthropicJson, KeepsMembersInTheirOrderAndTheLastOfTwoOfOneName) {
  for (const int members : {3, 15, 16, 17, 100}) {
    std::string text = "{";
    std::string expected = "{";
    for (int i = members; i > 0; --i) {
      text += fmt::format(R"("m{}":0,)", i);
      expected += fmt::format(R"({}"m{}":{})", i == members ? "" : ",", i, i == 2 ? "[1]" : "0");
    }
    text += R"("m2":[1]})";
    const auto json = parse_json(text);
    ASSERT_TRUE(json) << text;
    EXPECT_EQ(print_json(*json), expected + "}");
  }
}

TEST(AnthropicJson, ReadsEveryKindOfValue) {
  const std::string text =
      R"({"a":[null,true,false,-1,18446744073709551615,2.5,"x\"é",{},[]],"b":{"c":{"d":1}}})";
  const auto json = parse_json(text);
  ASSERT_TRUE(json);
  EXPECT_EQ(print_json(*json), text);
  EXPECT_EQ(print_json(*parse_json("7")), "7");
}

TEST(AnthropicJson, RefusesWhatIsNoJsonOrTooDeep) {
  for (const char* text : {"", "{", "[1,]", R"({"a"})", "{} {}", "nul", "\xff"}) {
    EXPECT_FALSE(parse_json(text)) << text;
  }
  EXPECT_TRUE(parse_json(std::string(128, '[') + std::string(128, ']')));
  EXPECT_FALSE(parse_json(std::string(129, '[') + std::string(129, ']')));
}

// Either took minutes of a worker, whom nobody else could reach meanwhile: all members of an object
// were looked at for each, all elements of a list for each object in it.
TEST(AnthropicJson, TakesTimeInProportionToTheText) {
  std::string names;
  std::string objects;
  for (int i = 0; i < 100'000; ++i) {
    names += fmt::format(R"({}"{:06}":1)", i == 0 ? "" : ",", i);
    objects += i == 0 ? "{}" : ",{}";
  }
  const auto start = std::chrono::steady_clock::now();
  const std::string body = fmt::format(
      R"({{"messages":[{{"role":"user","content":"x"}},{{"role":"assistant","tool_calls":[{{"id":"1","function":{{"name":"f","arguments":"{{\"x\":[{}]}}"}}}}]}}],)"
      R"("tools":[{{"type":"function","function":{{"name":"f","parameters":{{{}}}}}}}],"metadata":{{{}}},"x":[{}]}})",
      objects, names, names, objects);
  const auto request = anthropic_request(body);
  EXPECT_TRUE(request.has_value());
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

}  // namespace
}  // namespace ooe::experts
