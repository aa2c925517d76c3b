#include "encoder/dense_features.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "base/rng.h"

namespace ooe::encoder {
namespace {

std::array<float, kDenseCount> features_of(std::string_view text) {
  DenseScratch scratch;
  std::array<float, kDenseCount> out{};
  dense_features(text, scratch, out);
  return out;
}

float feature(std::string_view text, std::string_view name) {
  const auto names = dense_feature_names();
  const auto at = std::ranges::find(names, name);
  EXPECT_NE(at, names.end()) << name;
  return features_of(text)[static_cast<std::size_t>(at - names.begin())];
}

constexpr std::string_view kChoice =
    "Which of the following is NOT a prime?\nA. 21\nB. 23\nC. 29\nD. the number 31";

struct FeatureCase {
  std::string_view text;
  std::string_view name;
  double value;
};

TEST(DenseFeatures, SayWhatTheyAreCalled) {
  const double one = std::log(2.0);
  const std::array cases = {
      FeatureCase{"abc", "bytes of the question", std::log(4.0)},
      FeatureCase{"two words", "words", std::log(3.0)},
      FeatureCase{kChoice, "choices", std::log(5.0)},
      FeatureCase{kChoice, "bytes of the question", std::log(1.0 + 38.0)},
      FeatureCase{kChoice, "choices with digits", 1.0},
      FeatureCase{kChoice, "choices without words", 0.75},
      FeatureCase{kChoice, "negations", one},
      FeatureCase{kChoice, "starts with which", 1.0},
      FeatureCase{kChoice, "says which of the following", 1.0},
      FeatureCase{kChoice, "ends with ?", 1.0},
      FeatureCase{"A. only one line looks like a choice", "choices", 0.0},
      FeatureCase{"Pick:\nA. x\nC. y", "choices", 0.0},
      FeatureCase{"Tom has 1,250 apples and 3.5 pears.", "numbers", std::log(3.0)},
      FeatureCase{"Tom has 1,250 apples and 3.5 pears.", "largest number", std::log(1251.0)},
      FeatureCase{"Tom has 1,250 apples and 3.5 pears.", "decimal numbers", one},
      FeatureCase{"each costs twice as much", "rates", std::log(3.0)},
      FeatureCase{"1/2 of it", "fractions", one},
      FeatureCase{"In 1984 he wrote", "years", 1.0},
      FeatureCase{"In 19845 he wrote", "years", 0.0},
      FeatureCase{"```\nint x = 0;\n```", "code fence", 1.0},
      FeatureCase{"{\"a\": 1, \"b\": [2]}", "JSON keys", std::log(3.0)},
      FeatureCase{"{\"a\": 1, \"b\": [2]}", "braces", std::log(3.0)},
      FeatureCase{"see https://example.org", "addresses", 1.0},
      FeatureCase{"<p>text</p>", "tags", std::log(3.0)},
      FeatureCase{"NASA and Paris", "shouted words", one},
      FeatureCase{"NASA and Paris", "names", one},
      FeatureCase{"Fill the ____ gap", "has a gap", 1.0},
      FeatureCase{"\xC3\xA9\xC3\xA9", "bytes beyond ASCII, share", 1.0},
      FeatureCase{"f(x) = 2", "variable before = or (", one},
      FeatureCase{"Write a poem", "starts with a task", 1.0},
      FeatureCase{"Why is it so?", "starts with why", 1.0}};
  for (const FeatureCase& c : cases) {
    EXPECT_NEAR(double{feature(c.text, c.name)}, c.value, 1e-5) << c.name << " of: " << c.text;
  }
}

TEST(DenseFeatures, MeasureHowAlikeChoicesAre) {
  const float alike = feature("Q\nA. red apple pie\nB. red apple cake", "choices like each other");
  const float unlike = feature("Q\nA. red apple pie\nB. blue plum cake", "choices like each other");
  EXPECT_GT(alike, 0.3F);
  EXPECT_EQ(unlike, 0.0F);
  EXPECT_GT(feature("Is it an apple?\nA. an apple\nB. a pear", "choices like the question"), 0.1F);
}

TEST(DenseFeatures, AreFiniteForAnyBytesAndDoNotDependOnTheScratch) {
  Rng rng(1);
  DenseScratch scratch;
  std::array<float, kDenseCount> out{};
  for (int round = 0; round < 300; ++round) {
    std::string text;
    for (std::size_t n = rng.below(400); n > 0; --n) {
      // Bytes that features look at, and any others.
      constexpr std::string_view kCommon = "A. \nB)(:?{}\"=<>/$%^\\1234567890,._";
      text.push_back(rng.below(2) == 0 ? kCommon[rng.below(kCommon.size())]
                                       : static_cast<char>(rng.below(256)));
    }
    dense_features(text, scratch, out);
    EXPECT_EQ(out, features_of(text));
    for (const float value : out) {
      EXPECT_TRUE(std::isfinite(value));
      EXPECT_GE(value, 0.0F);
    }
  }
}

}  // namespace
}  // namespace ooe::encoder
