#include "interview/json_grader.h"

#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "interview/fenced_block.h"

namespace ooe::interview {
namespace {

TEST(JsonGrader, ComparesValuesNotTheirSpelling) {
  struct Case {
    const char* answer;
    const char* truth;
    std::optional<bool> same;
  };
  for (const auto& [answer, truth, same] : {
           Case{R"({"a":1,"b":[1,2]})", R"({ "b": [1, 2], "a": 1.0 })", true},
           Case{R"({"a":1})", R"({"a":2})", false},
           Case{R"({"a":1})", R"({"a":1,"b":null})", false},
           Case{R"({"a":1,"b":2})", R"({"a":1})", false},
           Case{"[1,2]", "[2,1]", false},
           Case{"[1,2,3]", "[1,2]", false},
           Case{"1e0", "1", true},
           Case{"9007199254740993", "9007199254740992", false},
           Case{"18446744073709551615", "18446744073709551615", true},
           Case{R"("x")", R"("x")", true},
           Case{R"("A")", R"("A")", true},
           Case{"true", "false", false},
           Case{"null", "null", true},
           Case{"null", "0", false},
           Case{"{}", "[]", false},
           Case{"Here it is:\n```json\n{\"a\": 1}\n```\nDone.", R"({"a":1})", true},
           Case{"```\n{\"a\": 2}\n```\nNo:\n```json\n{\"a\": 1}\n```", R"({"a":1})", true},
           Case{R"(First {"a": 2}, then {"a": 1}.)", R"({"a":1})", true},
           Case{R"(The object {"a": {"b": [1]}} it is)", R"({"a":{"b":[1]}})", true},
           Case{R"(In words: {"a": "}{"} and so on)", R"({"a":"}{"})", true},
           Case{"I do not know.", "1", std::nullopt},
           Case{"", "1", std::nullopt},
           Case{R"({"a": )", "1", std::nullopt},
           Case{"\xff{", "1", std::nullopt},
       }) {
    SCOPED_TRACE(answer);
    EXPECT_EQ(same_json(answer, truth), same);
  }
}

TEST(JsonGrader, IsNotDrownedByHostileAnswers) {
  EXPECT_EQ(same_json(std::string(1'000'000, '['), "[]"), std::nullopt);
  std::string many;
  for (int i = 0; i < 100'000; ++i) many += "{\"a\":";
  EXPECT_EQ(same_json(many, "1"), std::nullopt);
}

TEST(FencedBlock, IsTheLastOneWithoutItsFence) {
  EXPECT_EQ(last_fenced_block("no code"), std::nullopt);
  EXPECT_EQ(last_fenced_block("```python\nprint(1)\n```"), "print(1)\n");
  EXPECT_EQ(last_fenced_block("```\na\n```\ntext\n  ```\nb\n```\nend"), "b\n");
  EXPECT_EQ(last_fenced_block("```\nnever closed"), "never closed");
  EXPECT_EQ(last_fenced_block("```\n```"), "");
  EXPECT_EQ(last_fenced_block("```python\na\n```\n```\nb\n```"), "b\n");
}

}  // namespace
}  // namespace ooe::interview
