#include "simulate/example_value.h"

#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace ooe::simulate {
namespace {

using Json = nlohmann::ordered_json;

TEST(ExampleValue, FitsWhatASchemaSays) {
  struct Case {
    const char* schema;
    const char* value;
  };
  for (const auto& [schema, value] : {
           Case{R"({"type":"string"})", R"("simulated")"},
           Case{R"({"type":"integer","minimum":7})", "7"},
           Case{R"({"type":["number","null"]})", "1"},
           Case{R"({"enum":["km","miles"]})", R"("km")"},
           Case{R"({"const":42})", "42"},
           Case{R"({"anyOf":[{"type":"boolean"},{"type":"null"}]})", "true"},
           Case{R"({"type":"array","items":{"type":"integer"}})", "[1]"},
           Case{R"({"type":"object"})", "{}"},
           Case{R"({"properties":{"city":{"type":"string"},"days":{"type":"integer"}}})",
                R"({"city":"simulated","days":1})"},
           Case{"{}", R"("simulated")"},
           Case{"7", R"("simulated")"},
       }) {
    EXPECT_EQ(example_value(Json::parse(schema)), Json::parse(value)) << schema;
  }
}

TEST(ExampleValue, EndsHoweverDeepTheSchemaIs) {
  Json schema{{"type", "integer"}};
  for (int i = 0; i < 100; ++i) schema = {{"type", "array"}, {"items", schema}};
  EXPECT_TRUE(example_value(schema).is_array());
}

}  // namespace
}  // namespace ooe::simulate
