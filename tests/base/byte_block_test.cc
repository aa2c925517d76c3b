#include "base/byte_block.h"

#include <string>

#include <gtest/gtest.h>

#include "base/rng.h"

namespace ooe {
namespace {

TEST(ByteBlock, SaysOfEveryByteWhatABytewiseLoopSays) {
  Rng rng(11);
  for (int round = 0; round < 500; ++round) {
    std::string text;
    for (std::size_t i = rng.below(160); i > 0; --i) text += static_cast<char>(rng.below(256));
    const auto first = static_cast<unsigned char>(rng.below(256));
    const auto last = static_cast<unsigned char>(first + rng.below(256U - first));
    for (std::size_t at = 0; at <= text.size() + 1; at += 1 + rng.below(70)) {
      const ByteBlock block(text, at);
      const std::uint64_t between = block.between(first, last);
      const std::uint64_t equal = block.where([&](ByteBlock::Bytes b) { return b == first; });
      const std::uint64_t high = block.high();
      const std::uint64_t letters = block.letters();
      const auto below = static_cast<signed char>(1 + rng.below(127));
      const std::uint64_t high_or_below = block.high_or_below(below);
      std::string written(ByteBlock::kBytes, '?');
      block.write(written.data(), [](ByteBlock::Bytes b) { return b ^ 0x20; });
      for (std::size_t i = 0; i < ByteBlock::kBytes; ++i) {
        const unsigned char byte =
            at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0;
        ASSERT_EQ(between >> i & 1U, byte >= first && byte <= last ? 1U : 0U);
        ASSERT_EQ(equal >> i & 1U, byte == first ? 1U : 0U);
        ASSERT_EQ(high >> i & 1U, byte >= 0x80 ? 1U : 0U);
        ASSERT_EQ(high_or_below >> i & 1U, byte >= 0x80 || byte < below ? 1U : 0U);
        ASSERT_EQ(static_cast<unsigned char>(written[i]), byte ^ 0x20U);
        ASSERT_EQ(letters >> i & 1U,
                  (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ? 1U : 0U);
      }
    }
  }
}

TEST(ByteBlock, LooksCloserWhereATestHoldsOrManyBytesAreChosen) {
  const std::string text = ".....7....";
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  EXPECT_FALSE(any_or_many(text, 0, 0b0, is_digit));
  EXPECT_FALSE(any_or_many(text, 0, 0b0101'1010, is_digit));
  EXPECT_TRUE(any_or_many(text, 0, 0b0111'0000, is_digit));
  EXPECT_TRUE(any_or_many(text, 2, 0b0000'1000, is_digit));
  EXPECT_TRUE(any_or_many(text, 0, 0b0001'1111, is_digit)) << "too many to ask";
}

}  // namespace
}  // namespace ooe
