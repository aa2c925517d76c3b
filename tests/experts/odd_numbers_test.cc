#include "experts/odd_numbers.h"

#include <string_view>

#include <gtest/gtest.h>

namespace ooe::experts {
namespace {

TEST(OddNumbers, AreReadAsNull) {
  struct Case {
    std::string_view json;
    std::string_view mended;
  };
  for (const auto& [json, mended] : {
           Case{R"({"a":NaN})", R"({"a":null})"},
           Case{"[-Infinity, Infinity,nan ,inf]", "[null, null,null ,null]"},
           Case{"99999999999999999999", "null"},
           Case{"[-9223372036854775809,-9223372036854775808]", "[null,-9223372036854775808]"},
           Case{"[18446744073709551616,18446744073709551615]", "[null,18446744073709551615]"},
           Case{"[1e999,-1.5E400,1e99]", "[null,null,1e99]"},
           Case{R"(["NaN \" 1e999",NaN])", R"(["NaN \" 1e999",null])"},
       }) {
    EXPECT_EQ(without_odd_numbers(json), mended) << json;
  }
}

TEST(OddNumbers, AllElseStays) {
  for (const std::string_view json :
       {"", "{}", R"({"a":[1,-2.5e3,true,false,null],"NaN":"Infinity"})", R"("NaN)", R"("\)",
        "nano", "00000000000000000000001", "-", "1e", "."}) {
    EXPECT_FALSE(without_odd_numbers(json).has_value()) << json;
  }
}

}  // namespace
}  // namespace ooe::experts
