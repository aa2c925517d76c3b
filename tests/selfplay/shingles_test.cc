#include "selfplay/shingles.h"

#include <algorithm>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "base/rng.h"

namespace ooe::selfplay {
namespace {

// The slow way: sets of joined words, compared one by one.
double slow_containment(const std::string& a, const std::string& b) {
  const auto set_of = [](const std::string& text) {
    std::set<std::string> set;
    std::vector<std::string> words;
    for (std::size_t i = 0; i < text.size();) {
      const std::size_t end = std::min(text.find(' ', i), text.size());
      words.push_back(text.substr(i, end - i));
      i = end + 1;
    }
    for (std::size_t i = 0; i + 3 <= words.size(); ++i) {
      set.insert(words[i] + " " + words[i + 1] + " " + words[i + 2]);
    }
    return set;
  };
  const auto first = set_of(a);
  const auto second = set_of(b);
  const auto common =
      std::ranges::count_if(first, [&](const auto& s) { return second.contains(s); });
  return static_cast<double>(common) / static_cast<double>(std::min(first.size(), second.size()));
}

std::string random_text(Rng& rng, std::size_t words) {
  std::string text;
  for (std::size_t i = 0; i < words; ++i) {
    if (i > 0) text += ' ';
    text += "w" + std::to_string(rng.below(30));
  }
  return text;
}

// Changes some words.
std::string changed(std::string text, double share, Rng& rng) {
  for (char& c : text) {
    if (c == 'w' && rng.uniform() < share) c = 'x';
  }
  return text;
}

TEST(Containment, IsThatOfTheSetsOfThreeWords) {
  Rng rng(5);
  for (int i = 0; i < 200; ++i) {
    const std::string a = random_text(rng, 5 + rng.below(40));
    const std::string b = changed(a, 0.2 * rng.uniform(), rng) + " w3 w4 w5";
    EXPECT_DOUBLE_EQ(containment(shingles_of(a), shingles_of(b)), slow_containment(a, b)) << a;
  }
}

TEST(Shingles, IgnoreCaseAndPunctuationButNotNumbersAndSigns) {
  EXPECT_EQ(shingles_of("What, is THE sum?"), shingles_of("what is the sum"));
  EXPECT_NE(shingles_of("Compute 12 + 7"), shingles_of("Compute 12 - 7"));
  EXPECT_NE(shingles_of("Compute 12 + 7"), shingles_of("Compute 12 + 8"));
  EXPECT_EQ(shingles_of("").size(), 1U);
  EXPECT_EQ(shingles_of("two words").size(), 1U);
}

TEST(ShingleIndex, FindsWhatTheSlowSearchFinds) {
  Rng rng(7);
  std::vector<std::string> texts;
  ShingleIndex index;
  for (int i = 0; i < 300; ++i) {
    texts.push_back(random_text(rng, 20 + rng.below(20)));
    index.add(shingles_of(texts.back()));
  }
  int near = 0;
  int found = 0;
  for (int i = 0; i < 300; ++i) {
    const std::string text = changed(texts[rng.below(texts.size())], 0.08, rng);
    const bool slow = std::ranges::any_of(
        texts, [&](const std::string& known) { return slow_containment(text, known) >= 0.6; });
    const bool fast = index.near(shingles_of(text), 0.6).has_value();
    EXPECT_TRUE(slow || !fast);  // never a false alarm
    near += slow ? 1 : 0;
    found += fast ? 1 : 0;
  }
  EXPECT_GT(near, 150);
  EXPECT_GE(found, near - 2);
  EXPECT_FALSE(index.near(shingles_of("something else altogether, quite unlike them"), 0.2));
}

TEST(ShingleIndex, NamesTheText) {
  ShingleIndex index;
  index.add(shingles_of("the first of all these texts here"));
  index.add(shingles_of("a second one that says other things"));
  EXPECT_EQ(index.near(shingles_of("A second one that says other things!"), 1.0), 1U);
}

}  // namespace
}  // namespace ooe::selfplay
