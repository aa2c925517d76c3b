#include <set>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "core/decision.h"
#include "core/expert.h"
#include "core/outcome.h"
#include "core/privacy.h"
#include "core/query.h"
#include "core/question.h"
#include "core/receipt.h"

namespace ooe {
namespace {

TEST(Privacy, RisesFromPublicToRestricted) {
  EXPECT_LT(PrivacyClass::public_, PrivacyClass::internal);
  EXPECT_LT(PrivacyClass::internal, PrivacyClass::confidential);
  EXPECT_LT(PrivacyClass::confidential, PrivacyClass::restricted);
}

TEST(Privacy, ReadsItsOwnWordsAndNoOthers) {
  for (const char* word : {"public", "internal", "confidential", "restricted"}) {
    const auto privacy = parse_privacy_class(word);
    ASSERT_TRUE(privacy.has_value()) << word;
    EXPECT_EQ(to_string(*privacy), word);
  }
  for (const char* word : {"", "Public", "secret", "public ", "public_", "0"}) {
    EXPECT_FALSE(parse_privacy_class(word).has_value()) << word;
  }
}

TEST(Privacy, AQueryOfWhichNothingIsKnownIsRestricted) {
  EXPECT_EQ(Query{}.privacy, PrivacyClass::restricted);
  EXPECT_EQ(Expert{}.clearance, PrivacyClass::public_);
}

TEST(Capabilities, CoverWhatTheyHaveAndNothingMore) {
  Capabilities able;
  able.add(Capabilities::tools);
  able.add(Capabilities::vision);
  Capabilities needs;
  EXPECT_TRUE(Capabilities{}.covers(needs));
  needs.add(Capabilities::vision);
  EXPECT_TRUE(able.covers(needs));
  EXPECT_FALSE(Capabilities{}.covers(needs));
  needs.add(Capabilities::audio);
  EXPECT_FALSE(able.covers(needs));
}

TEST(Capabilities, AreReadFromWords) {
  std::set<std::uint32_t> bits;
  for (const char* word : {"tools", "json_schema", "vision", "audio", "logprobs"}) {
    const auto bit = parse_capability(word);
    ASSERT_TRUE(bit.has_value()) << word;
    bits.insert(*bit);
  }
  EXPECT_EQ(bits.size(), 5U);
  EXPECT_FALSE(parse_capability("Tools").has_value());
  EXPECT_FALSE(parse_capability("").has_value());
}

TEST(Cost, CountsCachedTokensOnceAndRoundsOnce) {
  const Prices prices{.input = {300}, .cached_input = {100}, .output = {700}};
  EXPECT_EQ(cost_of({.input = 0, .cached_input = 0, .output = 0}, prices), Usd{0});
  // 2 * 300 + 1 * 100 + 1 * 700 = 1,400 pico; three roundings would have made 1 + 0 + 1 nano.
  EXPECT_EQ(cost_of({.input = 3, .cached_input = 1, .output = 1}, prices), Usd{1});
  EXPECT_EQ(cost_of({.input = 5, .cached_input = 5, .output = 0}, prices), Usd{1});
}

TEST(Cost, HasAPriceForWritesToTheCacheOrTakesThatOfTheInput) {
  Prices prices{.input = {1'000}, .cached_input = {100}, .output = {2'000}};
  const TokenCounts tokens{.input = 100, .cached_input = 60, .cache_write = 30, .output = 5};
  EXPECT_EQ(cost_of(tokens, prices), Usd{40 + 6 + 10});
  prices.cache_write = TokenPrice{1'250};
  EXPECT_EQ(cost_of(tokens, prices), Usd{10 + 6 + 10} + Usd{37} + Usd{1});  // 37.5, rounded
}

TEST(Cost, HasAPriceForReasoningOrTakesThatOfTheOutput) {
  Prices prices{.input = {1'000}, .cached_input = {1'000}, .output = {2'000}};
  const TokenCounts tokens{.input = 1, .output = 10, .reasoning = 4};
  EXPECT_EQ(cost_of(tokens, prices), Usd{1 + 20});
  prices.reasoning = TokenPrice{5'000};
  EXPECT_EQ(cost_of(tokens, prices), Usd{1 + 6 * 2 + 4 * 5});
  prices.reasoning = TokenPrice{0};
  EXPECT_EQ(cost_of(tokens, prices), Usd{1 + 6 * 2});
}

TEST(Cost, AtMostIsWithEveryTokenInItsDearestClass) {
  const TokenCounts tokens{.input = 3, .output = 10};
  for (const std::int64_t cached : {100, 3'000}) {
    for (const std::int64_t reasoning : {0, 1'000, 9'000}) {
      for (const std::int64_t write : {500, 1'250, 3'000, 4'000}) {
        const Prices prices{.input = {1'000},
                            .cached_input = {cached},
                            .output = {2'000},
                            .reasoning = TokenPrice{reasoning},
                            .cache_write = TokenPrice{write}};
        Usd most;
        for (std::int64_t c = 0; c <= tokens.input; ++c) {
          for (std::int64_t w = 0; c + w <= tokens.input; ++w) {
            for (std::int64_t r = 0; r <= tokens.output; ++r) {
              most = std::max(most, cost_of({.input = tokens.input,
                                             .cached_input = c,
                                             .cache_write = w,
                                             .output = tokens.output,
                                             .reasoning = r},
                                            prices));
            }
          }
        }
        EXPECT_EQ(cost_max_of(tokens, prices), most) << cached << " " << reasoning << " " << write;
      }
    }
  }
}

TEST(CostDeathTest, ReasoningIsPartOfTheOutput) {
  EXPECT_DEATH((void)cost_of({.output = 1, .reasoning = 2}, {}),
               "reasoning tokens are part of the output");
}

TEST(CostDeathTest, CachedTokensArePartOfTheInput) {
  EXPECT_DEATH((void)cost_of({.input = 1, .cached_input = 2, .output = 0}, {}),
               "cached tokens are part of the input");
  EXPECT_DEATH((void)cost_of({.input = 2, .cached_input = 1, .cache_write = 2}, {}),
               "cached tokens are part of the input");
}

TEST(Query, EqualTextsShareAnId) {
  EXPECT_EQ(query_id("What is  2 + 2?\n"), query_id("what is 2 + 2?"));
  EXPECT_EQ(query_id("caf\xC3\xA9"), query_id("CAFE\xCC\x81"));
  EXPECT_NE(query_id("What is 2 + 2?"), query_id("What is 2 + 3?"));
  EXPECT_NE(query_id("ab"), query_id("a b"));
  // Of a long text the end counts as it is, wherever it is cut.
  const std::string filler(kNormalisedMax - 1, 'x');
  EXPECT_EQ(query_id("A" + filler + "\xC3\xA9"), query_id("a" + filler + "\xC3\xA9"));
  EXPECT_NE(query_id("a" + filler + "b"), query_id("a" + filler + "B"));
  EXPECT_NE(query_id(filler + "\xC3\xA9"), query_id(filler + "\xC3\xA8"));
}

TEST(Question, IsPresentedWithLetteredChoices) {
  Question question;
  question.question = "Which is even?";
  question.choices = {"1", "2"};
  EXPECT_EQ(presented_text(question), "Which is even?\nA. 1\nB. 2");
  question.choices.clear();
  EXPECT_EQ(presented_text(question), "Which is even?");
  question.choices.assign(26, "x");
  EXPECT_TRUE(presented_text(question).ends_with("\nZ. x"));
}

TEST(QuestionDeathTest, HasNoLetterForA27thChoice) {
  Question question;
  question.choices.assign(27, "x");
  EXPECT_DEATH((void)presented_text(question), "choices have letters");
}

TEST(Question, TheLastBlockFollowsTheLastWorkedExample) {
  const std::pair<std::string_view, std::string_view> kCases[] = {
      {"", ""},
      {"Only a question", "Only a question"},
      {"One paragraph\n\nand another", "One paragraph\n\nand another"},
      {"Q1\nAnswer: B\n\nQ2\nAnswer:", "Q2\nAnswer:"},
      {"Q1\nAnswer: B\n\nQ2\nAnswer: C\n\nQ3", "Q3"},
      {"Q1\nAnswer: B\n\nQ2, first half\n\nsecond half\nAnswer:",
       "Q2, first half\n\nsecond half\nAnswer:"},
      {"Q1\nAnswer: B\n\n", "Q1\nAnswer: B\n\n"},
  };
  for (const auto& [text, block] : kCases) EXPECT_EQ(last_block(text), block) << text;
}

TEST(OutcomeMatrix, IsRowMajor) {
  OutcomeMatrix matrix;
  matrix.question_ids = {"q0", "q1"};
  matrix.experts = {"a", "b", "c"};
  matrix.score = {0, 1, 2, 3, 4, 5};
  EXPECT_EQ(matrix.score[matrix.at(1, 2)], 5.0F);
  EXPECT_EQ(matrix.row(1).size(), 3U);
  EXPECT_EQ(matrix.row(1)[0], 3.0F);
}

TEST(Words, EveryVerdictAndEveryEndingHasItsOwn) {
  std::set<std::string_view> verdicts;
  for (int i = 0; i <= static_cast<int>(Verdict::unpriced); ++i) {
    verdicts.insert(to_string(static_cast<Verdict>(i)));
  }
  EXPECT_EQ(verdicts.size(), static_cast<std::size_t>(Verdict::unpriced) + 1);
  std::set<std::string_view> endings;
  for (int i = 0; i <= static_cast<int>(Ending::deadline_exceeded); ++i) {
    endings.insert(to_string(static_cast<Ending>(i)));
  }
  EXPECT_EQ(endings.size(), static_cast<std::size_t>(Ending::deadline_exceeded) + 1);
}

}  // namespace
}  // namespace ooe
