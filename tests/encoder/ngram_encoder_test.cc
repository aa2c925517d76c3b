#include "encoder/ngram_encoder.h"

#include <cmath>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "encoder/text_encoder.h"
#include "encoder/words.h"

namespace ooe::encoder {
namespace {

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for (auto word = next_word(text); !word.empty(); word = next_word(text)) words.emplace_back(word);
  return words;
}

SparseVector encoded(const NgramEncoder& encoder, std::string_view text) {
  NgramScratch scratch;
  SparseVector out;
  encoder.encode(text, scratch, out);
  return out;
}

NgramEncoder fitted(const std::vector<std::string_view>& texts, std::uint32_t hash_bits = 20) {
  return NgramEncoder::fit(texts, {.hash_bits = hash_bits});
}

double length(const SparseVector& vector) {
  double squares = 0.0;
  for (const float value : vector.value) squares += double{value} * double{value};
  return std::sqrt(squares);
}

TEST(Words, AreRunsOfLettersDigitsAndAnythingBeyondAscii) {
  using Words = std::vector<std::string>;
  const std::vector<std::pair<std::string_view, Words>> cases = {
      {"", {}},
      {" ,.;", {}},
      {"what's 3.14?", {"what", "s", "3", "14"}},
      {"f(x)=x2", {"f", "x", "x2"}},
      {"\xD0\xBC\xD0\xB8\xD1\x80, caf\xC3\xA9", {"\xD0\xBC\xD0\xB8\xD1\x80", "caf\xC3\xA9"}}};
  for (const auto& [text, expected] : cases) EXPECT_EQ(words_of(text), expected) << text;
}

// By hand: texts "a b" and "a a c" have the n-grams a, b, ab and a, c, aa, ac.
TEST(Ngrams, WeighAsTheHeaderSays) {
  const NgramEncoder encoder = fitted({"a b", "A,  a c"});
  ASSERT_EQ(encoder.width(), 6U) << "20 bits keep six n-grams apart";
  const double everywhere = 1.0;
  const double once = 1.0 + std::log(3.0 / 2.0);
  const double a = (1.0 + std::log(2.0)) * everywhere;
  const double expected_length = std::sqrt(a * a + 3.0 * once * once);
  const SparseVector x = encoded(encoder, "a a c");
  ASSERT_EQ(x.size(), 4U);
  EXPECT_NEAR(double{x.value[0]}, a / expected_length, 1e-6);
  for (const std::size_t k : {1, 2, 3}) {
    EXPECT_NEAR(double{x.value[k]}, once / expected_length, 1e-6);
  }
}

TEST(Ngrams, ForgetTextThatTrainingNeverSaw) {
  const NgramEncoder encoder = fitted({"red green", "blue"});
  EXPECT_EQ(encoded(encoder, "").size(), 0U);
  EXPECT_EQ(encoded(encoder, "yellow purple").size(), 0U);
  EXPECT_EQ(encoded(encoder, "yellow red purple").size(), 1U);
}

TEST(Ngrams, OrderOfWordsCountsInPairsOnly) {
  const NgramEncoder encoder = fitted({"one two", "two one"});
  const SparseVector forward = encoded(encoder, "one two");
  const SparseVector backward = encoded(encoder, "two one");
  ASSERT_EQ(forward.size(), 3U);
  ASSERT_EQ(backward.size(), 3U);
  EXPECT_EQ(forward.index[0], backward.index[1]);
  EXPECT_EQ(forward.index[1], backward.index[0]);
  EXPECT_NE(forward.index[2], backward.index[2]);
}

TEST(Ngrams, HaveUnitLengthAndEachIndexOnceInAnyText) {
  const std::string long_text = [] {
    std::string text;
    for (int i = 0; text.size() < 1'000'000; ++i) text += "w" + std::to_string(i % 70'000) + " ";
    return text;
  }();
  const std::vector<std::string_view> texts = {
      "x", "a b a b", long_text, "\xE4\xBD\xA0\xE5\xA5\xBD \xE4\xB8\x96", "bad \xFF\xFE bytes"};
  for (const std::uint32_t bits : {1U, 4U, 16U}) {
    const NgramEncoder encoder = fitted(texts, bits);
    NgramScratch scratch;  // shared: each text must leave it clean
    SparseVector out;
    for (const std::string_view text : texts) {
      encoder.encode(text, scratch, out);
      EXPECT_NEAR(length(out), 1.0, 1e-4);
      std::map<std::uint32_t, int> seen;
      for (const std::uint32_t index : out.index) {
        EXPECT_LT(index, encoder.width());
        EXPECT_EQ(++seen[index], 1);
      }
      const SparseVector fresh = encoded(encoder, text);
      EXPECT_EQ(out.index, fresh.index);
      EXPECT_EQ(out.value, fresh.value);
    }
  }
}

TEST(Ngrams, OfNoTextsKnowNothing) {
  const NgramEncoder encoder = fitted({});
  EXPECT_EQ(encoder.width(), 0U);
  EXPECT_EQ(encoded(encoder, "anything").size(), 0U);
}

TEST(TextEncoder, RebuiltFromItsPartsEncodesTheSame) {
  const NgramEncoder encoder = fitted({"the quick brown fox", "the lazy dog"}, 8);
  const NgramEncoder rebuilt(encoder.hash_bits(),
                             {encoder.buckets().begin(), encoder.buckets().end()},
                             {encoder.idf().begin(), encoder.idf().end()});
  EncoderScratch scratch;
  Features features;
  encode(TextEncoder(rebuilt), "the quick dog", scratch, features);
  const SparseVector expected = encoded(encoder, "the quick dog");
  EXPECT_EQ(features.ngrams.index, expected.index);
  EXPECT_EQ(features.ngrams.value, expected.value);
  EXPECT_EQ(ngram_width(TextEncoder(rebuilt)), encoder.width());
}

}  // namespace
}  // namespace ooe::encoder
