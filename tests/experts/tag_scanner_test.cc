#include "experts/tag_scanner.h"

#include <cctype>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.h"

namespace ooe::experts {
namespace {

constexpr const char* kTag = "<GPT4>";

struct Case {
  std::string text;
  bool is_tag;
};

const std::vector<Case> kCases = {
    {"<GPT4>", true},
    {"<GPT4>\n", true},
    {"<GPT4> because it is hard", true},
    {"<GPT4>.", true},
    {"<GPT4><|im_end|>", true},
    {" \t\r\n<GPT4>", true},
    {"<think></think><GPT4>", true},
    {"<think>\nI do not know.\n</think>\n\n<GPT4>", true},
    {"\n<think>a < b, </thin, <</think> <GPT4>", true},
    {"<think><GPT4></think>", true},
    {"<think>\n<GPT4>\n</think>\nThe answer is 4.", true},
    {"<think> <GPT4>", true},
    {"", false},
    {"  \n", false},
    {"<GPT4", false},
    {"<GPT4>s", false},
    {"<GPT4>4", false},
    {"<GPT4>_", false},
    {"<GPT4>\xC3\xA9", false},
    {"GPT4>", false},
    {"x<GPT4>", false},
    {"< GPT4>", false},
    {"<gpt4>", false},
    {"The answer is 4.", false},
    {"I would say <GPT4>", false},
    {"<think>maybe <GPT4> knows</think>The answer is 4.", false},
    {"<think>so <GPT4>", false},
    {"<think>x</think>The <GPT4>", false},
    {"<think>x</think><think>y</think><GPT4>", false},
    {"<thinking>x</thinking><GPT4>", false},
    {"<th", false},
    {"<think>never ends", false},
};

std::string_view without_space(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\n\v\f\r");
  return first == std::string_view::npos ? std::string_view() : text.substr(first);
}

bool begins_with_tag(std::string_view text) {
  text = without_space(text);
  if (!text.starts_with(kTag)) return false;
  text.remove_prefix(std::string_view(kTag).size());
  return text.empty() || (std::isalnum(static_cast<unsigned char>(text[0])) == 0 &&
                          text[0] != '_' && static_cast<unsigned char>(text[0]) < 0x80U);
}

// The grammar of the header, over the whole text at once.
bool oracle(std::string_view text) {
  if (begins_with_tag(text)) return true;
  text = without_space(text);
  if (!text.starts_with("<think>")) return false;
  text.remove_prefix(7);
  if (begins_with_tag(text)) return true;
  const std::size_t end = text.find("</think>");
  return end != std::string_view::npos && begins_with_tag(text.substr(end + 8));
}

TagVerdict scan(const std::vector<std::string>& pieces) {
  TagScanner scanner(kTag);
  for (const std::string& piece : pieces) scanner.take_text(piece);
  return scanner.end();
}

TEST(TagScanner, FindsTheTagAtTheBeginningOnly) {
  for (const auto& [text, is_tag] : kCases) {
    SCOPED_TRACE(text);
    EXPECT_EQ(oracle(text), is_tag) << "the oracle itself";
    EXPECT_EQ(scan({text}), is_tag ? TagVerdict::tag : TagVerdict::not_a_tag);
  }
}

TEST(TagScanner, SaysTheSameHoweverTheTextIsCut) {
  for (const auto& [text, is_tag] : kCases) {
    SCOPED_TRACE(text);
    const TagVerdict expected = is_tag ? TagVerdict::tag : TagVerdict::not_a_tag;
    std::vector<std::string> bytes;
    for (const char c : text) bytes.emplace_back(1, c);
    EXPECT_EQ(scan(bytes), expected) << "byte by byte";
    for (std::size_t a = 0; a <= text.size(); ++a) {
      for (std::size_t b = a; b <= text.size(); ++b) {
        EXPECT_EQ(scan({text.substr(0, a), text.substr(a, b - a), text.substr(b)}), expected)
            << "cut at " << a << " and " << b;
      }
    }
  }
}

// A verdict given early must be right for every way the text may go on, and none is given later
// than it could be: as long as it is undecided, two continuations differ.
TEST(TagScanner, DecidesAsEarlyAsIsCertainAndNoEarlier) {
  std::vector<std::string> endings = {"", "s", " ", "x"};
  const std::string longest = "<think></think><GPT4>";
  for (std::size_t i = 0; i < longest.size(); ++i) endings.push_back(longest.substr(i));
  for (std::size_t i = 0; i < 7; ++i) endings.push_back(longest.substr(i, 7 - i) + kTag);
  for (const auto& [text, is_tag] : kCases) {
    TagScanner scanner(kTag);
    for (std::size_t size = 0; size <= text.size(); ++size) {
      if (size > 0) scanner.take_text(text.substr(size - 1, 1));
      const std::string prefix = text.substr(0, size);
      SCOPED_TRACE(prefix);
      bool tag = false;
      bool not_a_tag = false;
      for (const std::string& ending : endings) (oracle(prefix + ending) ? tag : not_a_tag) = true;
      if (scanner.verdict() == TagVerdict::tag) {
        EXPECT_FALSE(not_a_tag);
      } else if (scanner.verdict() == TagVerdict::not_a_tag) {
        EXPECT_FALSE(tag);
      } else {
        EXPECT_TRUE(tag && not_a_tag);
      }
    }
  }
}

TEST(TagScanner, AgreesWithTheOracleOnRandomTexts) {
  const std::vector<std::string> words = {
      "<GPT4>", "<think>", "</think>", "<", "GPT4", ">", " ", "\n", "a", "</", "think", "_", "."};
  Rng rng(7);
  int tags = 0;
  for (int run = 0; run < 200'000; ++run) {
    std::vector<std::string> pieces;
    std::string text;
    for (std::uint64_t left = rng.below(7); left > 0; --left) {
      pieces.push_back(words[rng.below(words.size())]);
      text += pieces.back();
    }
    const bool expected = oracle(text);
    if (expected) ++tags;
    ASSERT_EQ(scan(pieces), expected ? TagVerdict::tag : TagVerdict::not_a_tag) << text;
  }
  EXPECT_GT(tags, 5'000) << "the test has seen both kinds";
}

TEST(TagScanner, ReadsReasoningThatComesBesideTheText) {
  TagScanner at_once(kTag);
  EXPECT_EQ(at_once.take_reasoning("\n<GP"), TagVerdict::undecided);
  EXPECT_EQ(at_once.take_reasoning("T4>"), TagVerdict::undecided) << "the word may go on";
  EXPECT_EQ(at_once.take_text("4"), TagVerdict::tag) << "it did not";

  TagScanner mentioned(kTag);
  EXPECT_EQ(mentioned.take_reasoning("Should I say <GPT4>?"), TagVerdict::undecided);
  EXPECT_EQ(mentioned.take_text("No: 4"), TagVerdict::not_a_tag);

  TagScanner afterwards(kTag);
  EXPECT_EQ(afterwards.take_reasoning("This is hard."), TagVerdict::undecided);
  EXPECT_EQ(afterwards.take_text("<GPT4>"), TagVerdict::undecided);
  EXPECT_EQ(afterwards.end(), TagVerdict::tag);

  TagScanner silent(kTag);
  EXPECT_EQ(silent.take_reasoning("Hm."), TagVerdict::undecided);
  EXPECT_EQ(silent.end(), TagVerdict::not_a_tag);
}

TEST(TagScanner, KnowsWhatCanBeATag) {
  for (const char* tag : {"<GPT4>", "GPT4", "[DEFER]", "<t>"}) EXPECT_TRUE(is_tag(tag)) << tag;
  for (const char* no : {"", "<", "<thin", "<think>", "<think>er", "two words", "a\nb"}) {
    EXPECT_FALSE(is_tag(no)) << no;
  }
  EXPECT_FALSE(is_tag(std::string(kTagBytesMax + 1, 'x')));
}

TEST(TagScanner, TakesAnyTag) {
  for (const auto& [tag, text, is_tag] :
       std::vector<std::tuple<std::string, std::string, bool>>{{"GPT4", "GPT4", true},
                                                               {"GPT4", "GPT4All is a tool", false},
                                                               {"GPT4", "GPT4: please", true},
                                                               {"[DEFER]", "[DEFER]", true},
                                                               {"<t>", "<t>", true},
                                                               {"<t>", "<think>x</think><t>", true},
                                                               {"[DEFER]", "[DEFERRED]", false}}) {
    SCOPED_TRACE(text);
    TagScanner scanner(tag);
    scanner.take_text(text);
    EXPECT_EQ(scanner.end(), is_tag ? TagVerdict::tag : TagVerdict::not_a_tag);
  }
}

}  // namespace
}  // namespace ooe::experts
