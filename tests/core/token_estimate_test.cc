#include "core/token_estimate.h"

#include <string>

#include <gtest/gtest.h>

namespace ooe {
namespace {

std::int64_t tokens_of(std::string_view text) {
  TokenEstimate estimate;
  estimate.add(text);
  return estimate.tokens();
}

TEST(TokenEstimate, IsNearWhatTokenizersSay) {
  // text, and its tokens in o200k_base
  const std::pair<const char*, double> cases[] = {
      {"The mitochondria are the powerhouse of the cell, as every student has been told.", 17},
      {"for (std::size_t i = 0; i < n; ++i) { sum += values[i] * weights[i]; }", 29},
      {"{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Paris\", \"days\": 3}}", 22},
      {"Die Bundesregierung hat gestern beschlossen, die Steuern nicht zu senken.", 14},
  };
  for (const auto& [text, tokens] : cases) {
    EXPECT_NEAR(static_cast<double>(tokens_of(text)), tokens, 0.3 * tokens) << text;
  }
}

TEST(TokenEstimate, AddsTextsUpAndKeepsThemApart) {
  EXPECT_EQ(tokens_of(""), 0);
  TokenEstimate two;
  two.add("one");
  two.add("two");
  EXPECT_EQ(two.tokens(), 2);
  EXPECT_EQ(tokens_of("onetwo"), 1);
  // Whatever the bytes, more of them are never fewer tokens.
  std::string bytes;
  std::int64_t last = 0;
  for (int i = 0; i < 4'096; ++i) {
    bytes += static_cast<char>(i * 37);
    EXPECT_GE(tokens_of(bytes), last);
    last = tokens_of(bytes);
  }
}

}  // namespace
}  // namespace ooe
