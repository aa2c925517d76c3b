#include "core/token_estimate.h"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.h"

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

// The definition, run by run.
double by_runs(std::string_view text) {
  const auto kind_of = [](char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool space = c == ' ' || (c >= '\t' && c <= '\r');
    return static_cast<unsigned char>(c) >= 0x80 ? 'h'
           : letter                              ? 'l'
           : c >= '0' && c <= '9'                ? 'd'
           : space                               ? 's'
                                                 : 'm';
  };
  double sum = 0.0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const char kind = kind_of(text[at]);
    while (at < text.size() && kind_of(text[at]) == kind) ++at;
    const auto length = static_cast<double>(at - begin);
    if (kind == 'l') {
      sum += 1.009 + 0.066 * std::max(0.0, length - 7.0);
      for (std::size_t i = begin + 1; i < at; ++i) {
        if (text[i] <= 'Z' && text[i - 1] >= 'a') sum += 1.009;
      }
    } else if (kind == 'd') {
      sum += 2.076 * std::floor((length + 2.0) / 3.0);
    } else if (kind == 's') {
      if (length > 1.0 || text[begin] != ' ') sum += 2.278;
    } else if (kind == 'm') {
      sum += 0.488 + 0.347 * (length - 1.0);
    } else {
      for (std::size_t i = begin; i < at; ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        sum += byte >= 0xE0 ? 0.779 : byte >= 0xCD ? 0.457 : byte >= 0xC0 ? 1.263 : 0.0;
      }
    }
  }
  return sum;
}

TEST(TokenEstimate, CountsInBlocksWhatItIsDefinedToBeByRuns) {
  constexpr std::string_view kAlphabet("aZq7 \t\n\r\x08\x0E/09:.,\xC3\xD0\xE5\xA9\0", 21);
  Rng rng(9);
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (std::size_t runs = rng.below(12); runs > 0; --runs) {
      const char c = kAlphabet[rng.below(kAlphabet.size())];
      for (std::size_t i = 1 + rng.below(rng.below(8) == 0 ? 150 : 5); i > 0; --i) {
        text += rng.below(6) == 0 ? kAlphabet[rng.below(kAlphabet.size())] : c;
      }
    }
    const std::vector<char> exact(text.begin(),
                                  text.end());  // nothing behind it, for the sanitizer
    const std::int64_t tokens = tokens_of({exact.data(), exact.size()});
    ASSERT_NEAR(static_cast<double>(tokens), by_runs(text), 0.5 + 1e-6) << text;
  }
}

TEST(TokenEstimate, OfOneTextIsAtLeastOne) {
  EXPECT_EQ(estimate_tokens(""), 1);
  TokenEstimate estimate;
  estimate.add("Which of these is even, 3 or 4?");
  EXPECT_EQ(estimate_tokens("Which of these is even, 3 or 4?"), estimate.tokens());
}

}  // namespace
}  // namespace ooe
