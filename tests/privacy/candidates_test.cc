#include "privacy/candidates.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.h"
#include "privacy/byte_class.h"
#include "privacy/scan.h"
#include "privacy/vocabulary.h"

namespace ooe::privacy {
namespace {

// Words of every kind of beginning, runs that are long or nearly, all kinds of bytes between them.
std::string random_text(Rng& rng) {
  constexpr std::array<std::string_view, 22> kPieces{
      "nhs",      "IP",        "password", "apiKey",
      "Bearer",   "fe80::1",   "FDab::",   "feed::b",
      "fcb",      "tin",       "sk-ant-",  "tel",
      "takes",    "passworte", "ey",       "www.example.org/a",
      "\xC3\xA9", "密码",      "-p'",      "\"a\":",
      "://",      "-----BEGIN"};
  constexpr std::string_view kBytes("aZq7 \t\n.,\"':/@+-(_\xC3\xA9\0", 21);
  std::string text;
  for (std::size_t i = rng.below(60); i > 0; --i) {
    const std::size_t kind = rng.below(8);
    if (kind < 2) text += kPieces[rng.below(kPieces.size())];
    if (kind == 2) text += kBytes[rng.below(kBytes.size())];
    if (kind == 3) text.append(16 + rng.below(8), "x7-"[rng.below(3)]);
    if (kind > 3) {
      for (std::size_t letters = 1 + rng.below(9); letters > 0; --letters) {
        text += static_cast<char>((rng.below(9) == 0 ? 'A' : 'a') + rng.below(26));
      }
    }
    if (rng.below(4) != 0) text += ' ';
  }
  return text;
}

bool inside_word(std::string_view text, std::size_t at) {
  if (at == 0 || !is_letter(text[at]) || !is_letter(text[at - 1])) return false;
  return !(is(text[at], kUpper) && is(text[at - 1], kLower));
}

// What is left out is where a scanner neither finds nor remembers anything.
TEST(Candidates, LeaveOutOnlyPlacesAtWhichNothingHappens) {
  Rng rng(13);
  for (int round = 0; round < 20'000; ++round) {
    const std::string random = random_text(rng);
    const std::vector<char> exact(random.begin(), random.end());  // nothing behind it, for the
    const std::string_view text(exact.data(), exact.size());      // sanitizer
    Candidates candidates(text);
    std::size_t at = 0;
    while (at < text.size()) {
      const std::size_t next = candidates.next(at);
      ASSERT_GE(next, at);
      // A hint in the last two bytes has nothing behind it.
      for (; at < std::min(next, text.size() - std::min<std::size_t>(text.size(), 2)); ++at) {
        if (inside_word(text, at)) continue;
        Scan scan{.text = text};
        scan_start(scan, at);
        ASSERT_TRUE(scan.findings.empty()) << text << "\nat " << at;
        ASSERT_TRUE(std::ranges::all_of(scan.hint_end, [](std::size_t end) { return end == 0; }))
            << text << "\nat " << at;
      }
      // As the pass does, mostly a word further on, at times by leaps that leave blocks out.
      at = next + 1 + (rng.below(3) == 0 ? rng.below(6) : 0) +
           (rng.below(20) == 0 ? rng.below(150) : 0);
    }
  }
}

// Prose is what the choice is for: of words that are like no hint, none is looked at.
TEST(Candidates, AreFewInProse) {
  const std::string text =
      "A river takes whichever road it can, and a question the expert that it needs. Nothing in "
      "these words says who anybody is, or where; they only go on for a few blocks.";
  Candidates candidates(text);
  EXPECT_EQ(candidates.next(0), text.size());
}

// Every word of up to five letters, against the table of all words.
TEST(Vocabulary, KnowsHowEachWordThatGivesAHintBegins) {
  std::size_t hints = 0;
  std::string word;
  const auto each = [&](const auto& self, WordHash hash) -> void {
    if (word.size() >= 2 && hint_of(hash.value())) {
      ++hints;
      for (const bool capitals : {false, true}) {
        std::string written = word;
        if (capitals) std::ranges::transform(written, written.begin(), upper);
        EXPECT_TRUE(is_known_beginning(written[0], written[1], written[2])) << written;
        EXPECT_TRUE(is_known_length(written[0], written[1], written.size())) << written;
      }
    }
    if (word.size() == 5) return;
    for (char c = 'a'; c <= 'z'; ++c) {
      WordHash longer = hash;
      longer.add(c);
      word += c;
      self(self, longer);
      word.pop_back();
    }
  };
  each(each, {});
  EXPECT_GT(hints, 60U);
}

TEST(Vocabulary, KnowsFewOtherBeginnings) {
  EXPECT_TRUE(is_known_beginning('t', 'a', 'b'));
  EXPECT_FALSE(is_known_beginning('t', 'a', 'k'));
  EXPECT_FALSE(is_known_beginning('t', 'h', 'e'));
  EXPECT_FALSE(is_known_length('t', 'a', 2));
  EXPECT_FALSE(is_known_length('t', 'a', 70));
}

}  // namespace
}  // namespace ooe::privacy
