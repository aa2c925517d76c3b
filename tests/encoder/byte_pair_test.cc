#include "encoder/byte_pair.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <sodium.h>

#include "base/rng.h"

namespace ooe::encoder {
namespace {

using ::testing::HasSubstr;

std::string line_of(std::string_view token, std::size_t rank) {
  std::string base64(token.size() * 2 + 8, '\0');
  ::sodium_bin2base64(base64.data(), base64.size(),
                      reinterpret_cast<const unsigned char*>(token.data()), token.size(),
                      sodium_base64_VARIANT_ORIGINAL);
  return std::string(base64.c_str()) + " " + std::to_string(rank) + "\n";
}

std::string single_bytes() {
  std::string file;
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    file += line_of({&c, 1}, static_cast<std::size_t>(byte));
  }
  return file;
}

// The rule as it is told, slowly: look through all neighbours for the lowest rank, merge, begin
// again.
std::size_t slow_count(const std::map<std::string, std::size_t>& ranks, std::string_view piece) {
  if (ranks.contains(std::string(piece))) return 1;
  std::vector<std::string> parts;
  for (const char c : piece) parts.emplace_back(1, c);
  while (true) {
    std::size_t best = parts.size();
    std::size_t best_rank = 0;
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
      const auto found = ranks.find(parts[i] + parts[i + 1]);
      if (found == ranks.end()) continue;
      if (best == parts.size() || found->second < best_rank) {
        best = i;
        best_rank = found->second;
      }
    }
    if (best == parts.size()) return parts.size();
    parts[best] += parts[best + 1];
    parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(best) + 1);
  }
}

// Tokens of random letters, any of whose parts may be missing: nothing of a trained vocabulary's
// order is taken for granted.
TEST(BytePairTokenizer, AgreesWithTheSlowRuleOnRandomTokenizersAndTexts) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Rng rng(seed);
    std::map<std::string, std::size_t> ranks;
    for (int byte = 0; byte < 256; ++byte) {
      ranks[std::string(1, static_cast<char>(byte))] = static_cast<std::size_t>(byte);
    }
    const std::size_t letters = 1 + rng.below(4);
    const auto word = [&](std::size_t length) {
      std::string text;
      while (text.size() < length) text += static_cast<char>('a' + rng.below(letters));
      return text;
    };
    std::string file = single_bytes();
    for (std::size_t rank = 256; rank < 320; ++rank) {
      const std::string token = word(2 + rng.below(6));
      if (!ranks.emplace(token, rank).second) continue;
      file += line_of(token, rank);
    }
    const auto tokenizer = BytePairTokenizer::parse(file, "t", TokenSplit::cl100k);
    ASSERT_TRUE(tokenizer.has_value()) << tokenizer.error().message;
    EXPECT_EQ(tokenizer->n_tokens(), ranks.size());
    for (int i = 0; i < 30; ++i) {
      const std::string text = word(1 + rng.below(200));
      ASSERT_EQ(tokenizer->count(text), static_cast<std::int64_t>(slow_count(ranks, text)))
          << "seed " << seed << ": " << text;
    }
  }
}

TEST(BytePairTokenizer, NeverMergesAcrossPieces) {
  const std::string file = single_bytes() + line_of("ab", 256) + line_of("b c", 257);
  const auto tokenizer = BytePairTokenizer::parse(file, "t", TokenSplit::gpt2);
  ASSERT_TRUE(tokenizer.has_value());
  EXPECT_EQ(tokenizer->count(""), 0);
  EXPECT_EQ(tokenizer->count("ab cd"), 4);  // "ab", " ", "c", "d": "b c" stands in no piece
}

TEST(BytePairTokenizer, OneLongPieceTakesNoSquareOfItsLength) {
  const std::string file = single_bytes() + line_of("aa", 256) + line_of("aaaa", 257);
  const auto tokenizer = BytePairTokenizer::parse(file, "t", TokenSplit::cl100k);
  ASSERT_TRUE(tokenizer.has_value());
  // A square would take hours here, and the test its time limit.
  EXPECT_EQ(tokenizer->count(std::string(4'000'000, 'a')), 1'000'000);
}

TEST(BytePairTokenizer, SaysInWhichLineAFileIsWrong) {
  const auto error_of = [](const std::string& more) {
    const auto tokenizer =
        BytePairTokenizer::parse(single_bytes() + more, "x.tiktoken", TokenSplit::gpt2);
    return tokenizer ? "" : tokenizer.error().message;
  };
  EXPECT_EQ(error_of("\r\nYWI= 300\r\n"), "");
  for (const char* line : {"YWI=", "YWI= x", "YWI= -1", "YWI= 3 4", "Y!== 300", " 300", "= 300",
                           "YWI= 4294967295", "YWI= 99999999999"}) {
    EXPECT_THAT(error_of(line), HasSubstr("x.tiktoken:257: a line is a token's bytes")) << line;
  }
  EXPECT_THAT(error_of(line_of("a", 300)), HasSubstr(":257: this token is given twice"));
  EXPECT_THAT(error_of(line_of("ab", 7)), HasSubstr(":257: rank 7 is given twice"));
  EXPECT_THAT(error_of(line_of(std::string(1'025, 'a'), 300)), HasSubstr("a token of 1025 bytes"));
  EXPECT_THAT(BytePairTokenizer::parse(line_of("a", 0), "x", TokenSplit::gpt2).error().message,
              HasSubstr("no token for the byte 0x00"));
  EXPECT_THAT(BytePairTokenizer::parse("{\"model\": {}}", "x", TokenSplit::gpt2).error().message,
              HasSubstr("a tokenizer.json is not read"));
}

}  // namespace
}  // namespace ooe::encoder
