#include "encoder/ngram_encoder.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "base/unicode.h"
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
  encoder.encode(normalise_text(text), 0, scratch, out);
  return out;
}

NgramEncoder fitted(const std::vector<std::string_view>& texts, std::uint32_t hash_bits = 20,
                    NgramKind kind = NgramKind::words) {
  std::vector<std::string> normalised;
  for (const std::string_view text : texts) normalised.push_back(normalise_text(text));
  return NgramEncoder::fit(normalised, {.kind = kind, .hash_bits = hash_bits});
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
      out.clear();
      encoder.encode(normalise_text(text), 0, scratch, out);
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

// " ab " has " ab", "ab " and " ab "; " abcdé " counts characters, not bytes.
TEST(Ngrams, OfCharactersStayInsideWordsAndCountCharacters) {
  const auto count = [](std::string_view text) {
    const NgramEncoder encoder = fitted({text}, 20, NgramKind::characters);
    NgramScratch scratch;
    SparseVector out;
    return encoder.encode(normalise_text(text), 0, scratch, out).all;
  };
  EXPECT_EQ(count(""), 0U);
  EXPECT_EQ(count("a"), 1U);
  EXPECT_EQ(count("ab"), 3U);
  EXPECT_EQ(count("ab ab"), 6U);
  EXPECT_EQ(count("abcd\xC3\xA9"), 5U + 4U + 3U);
  const NgramEncoder encoder = fitted({"colour"}, 20, NgramKind::characters);
  EXPECT_GT(encoded(encoder, "color").size(), 3U) << "spellings share most of their n-grams";
  EXPECT_EQ(encoded(encoder, "xyz").size(), 0U);
}

TEST(Ngrams, DropTheRareAndKeepTheMostFrequent) {
  const std::vector<std::string> texts = {"a b", "a b", "a c", "a d"};
  EXPECT_EQ(NgramEncoder::fit(texts, {.texts_min = 2}).width(), 3U) << "a, b and \"a b\"";
  EXPECT_EQ(NgramEncoder::fit(texts, {.texts_min = 1, .features_max = 1}).idf()[0], 1.0F);
}

TEST(Ngrams, AreNumberedFromTheMostToTheLeastFrequent) {
  const NgramEncoder encoder = NgramEncoder::fit(
      std::vector<std::string>{"a b", "a b", "a c", "a d", "b d"}, {.hash_bits = 20});
  EXPECT_TRUE(std::ranges::is_sorted(encoder.idf()));
  EXPECT_LT(encoder.idf().front(), encoder.idf().back());
}

TEST(Ngrams, ABucketIsOneFeature) {
  EXPECT_TRUE(are_buckets(std::vector<std::uint32_t>{3, 0, 2}, 2));
  EXPECT_FALSE(are_buckets(std::vector<std::uint32_t>{3, 0, 3}, 2));
  EXPECT_FALSE(are_buckets(std::vector<std::uint32_t>{4}, 2));
}

// Few by a table, many by the function.
TEST(Ngrams, WeighRepetitionsByTheirLogarithm) {
  std::string text = "z";
  for (int n = 0; n < 100; ++n) text += " a";
  const NgramEncoder encoder =
      NgramEncoder::fit(std::vector<std::string>{"a", "z"}, {.hash_bits = 20});
  for (const std::size_t repeated : {1U, 2U, 63U, 64U, 100U}) {
    NgramScratch scratch;
    SparseVector out;
    (void)encoder.encode(text.substr(0, 1 + 2 * repeated), 0, scratch, out);
    ASSERT_EQ(out.size(), 2U);
    EXPECT_NEAR(out.value[1] / out.value[0], 1.0 + std::log(static_cast<double>(repeated)), 1e-5);
  }
}

TEST(Ngrams, CountWhatTrainingKnowsAndKnowsFromElsewhere) {
  const std::vector<std::string> texts = {"a b", "a b", "a c"};
  const NgramEncoder encoder = NgramEncoder::fit(texts, {.texts_min = 2});  // a: 3, b: 2, ab: 2
  NgramScratch scratch;
  SparseVector out;
  const NgramCounts counts = encoder.encode("a b", 5, scratch, out);
  EXPECT_EQ(counts.all, 3U);
  EXPECT_EQ(counts.known, 3U);
  EXPECT_EQ(counts.known_elsewhere, 1U) << "a alone is in more than two texts";
  for (const std::uint32_t index : out.index) EXPECT_GE(index, 5U);
}

TEST(TextEncoder, JoinsWordsCharactersAndDenseFeatures) {
  const std::vector<std::string_view> texts = {"the quick brown fox", "the lazy dog",
                                               "the quick dog"};
  LexicalOptions options;
  options.words.texts_min = options.characters.texts_min = 1;
  const LexicalEncoder lexical = LexicalEncoder::fit(texts, options, 2);
  const TextEncoder encoder = LexicalEncoder(lexical.words(), lexical.characters());
  EXPECT_EQ(ngram_width(encoder), lexical.words().width() + lexical.characters().width());
  EncoderScratch scratch;
  Features features;
  encode(encoder, "The  QUICK dog", scratch, features);
  EXPECT_EQ(features.known_share, 1.0F);
  EXPECT_EQ(features.dense.size(), kDenseCount);
  double words = 0.0;
  double characters = 0.0;
  for (std::size_t k = 0; k < features.ngrams.size(); ++k) {
    const double square = std::pow(double{features.ngrams.value[k]}, 2);
    (features.ngrams.index[k] < lexical.words().width() ? words : characters) += square;
  }
  EXPECT_NEAR(words, 1.0, 1e-5);
  EXPECT_NEAR(characters, 1.0, 1e-5);
}

TEST(TextEncoder, ReadsTheEndsOfALongText) {
  std::string text = "begin ";
  while (text.size() < 3 * kTextBytesRead) text += "middle" + std::to_string(text.size()) + " ";
  text += "end";
  const std::vector<std::string_view> texts = {"begin end", "begin end", "begin end"};
  const TextEncoder encoder = LexicalEncoder::fit(texts, {}, 1);
  EncoderScratch scratch;
  Features features;
  encode(encoder, text, scratch, features);
  std::size_t words = 0;
  for (const std::uint32_t index : features.ngrams.index) {
    words += index < std::get<LexicalEncoder>(encoder).words().width() ? 1 : 0;
  }
  EXPECT_EQ(words, 2U) << "begin and end, not the pair";
}

}  // namespace
}  // namespace ooe::encoder
