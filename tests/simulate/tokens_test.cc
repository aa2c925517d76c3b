#include "simulate/tokens.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "base/rng.h"
#include "base/unicode.h"

namespace ooe::simulate {
namespace {

TEST(Tokens, CutsBeforeWhiteSpaceAndLongWords) {
  const auto tokens = split_tokens("The answer is\n\n(C). Incomprehensible ");
  const std::vector<std::string_view> expected{"The",       " answer",  " is", "\n\n(C).",
                                               " Incompre", "hensible", " "};
  EXPECT_EQ(tokens, expected);
  EXPECT_TRUE(split_tokens("").empty());
}

TEST(Tokens, JoinToTheTextAndNeverCutACharacter) {
  Rng rng(3);
  const std::vector<std::string> pieces{"a", " ", "\n", "\u00e9", "\u4e2d", "\U0001F600", "word"};
  for (int round = 0; round < 500; ++round) {
    std::string text;
    for (std::uint64_t i = rng.below(60); i > 0; --i) text += pieces[rng.below(pieces.size())];
    std::string joined;
    for (const std::string_view token : split_tokens(text)) {
      EXPECT_FALSE(token.empty());
      EXPECT_TRUE(is_valid_utf8(token));
      joined += token;
    }
    EXPECT_EQ(joined, text);
    EXPECT_EQ(count_tokens(text), static_cast<std::int64_t>(split_tokens(text).size()));
  }
}

}  // namespace
}  // namespace ooe::simulate
