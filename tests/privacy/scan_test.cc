#include "privacy/scan.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/rng.h"
#include "tests/privacy/labelled.h"

namespace ooe::privacy {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> found_in(std::string_view text) {
  std::vector<std::string> found;
  for (const Finding& finding : find_personal_data(text)) {
    found.push_back(std::string(to_string(finding.type)) + " " +
                    std::string(text.substr(finding.begin, finding.end - finding.begin)));
  }
  return found;
}

TEST(Scan, SpansAreExact) {
  EXPECT_THAT(found_in("<Ann.B@x.example.org>, (see +1 415 555 0132)."),
              ElementsAre("email Ann.B@x.example.org", "phone +1 415 555 0132"));
  EXPECT_THAT(found_in("http://u:pa55word@10.0.0.6:80/x"),
              ElementsAre("secret pa55word", "ip 10.0.0.6"));
  EXPECT_THAT(found_in(R"({"e-mail":"a@b.example","pin":"1234"})"),
              ElementsAre("field e-mail", "email a@b.example", "field pin"));
  EXPECT_THAT(found_in("GB82 WEST 1234 5698 7654 32, then 4111-1111-1111-1111!"),
              ElementsAre("iban GB82 WEST 1234 5698 7654 32", "card 4111-1111-1111-1111"));
  EXPECT_THAT(found_in("password: 'se cret1', token=abcdef0123456789abcd&x=1"),
              ElementsAre("secret se cret1", "secret abcdef0123456789abcd"));
}

TEST(Scan, APrivateKeyReachesToItsEndLineOrAsFarAsItLooksLikeOne) {
  const std::string key =
      "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nAAAA\n-----END RSA PRIVATE KEY-----";
  EXPECT_THAT(found_in("a " + key + " b@c.example"),
              ElementsAre("private_key " + key, "email b@c.example"));
  EXPECT_THAT(found_in("-----BEGIN PRIVATE KEY-----\nMIIE. Then b@c.example"),
              ElementsAre("private_key -----BEGIN PRIVATE KEY-----\nMIIE", "email b@c.example"));
}

// Where a text is cut must not matter to memory: every prefix and every suffix of every snippet.
TEST(Scan, FindingsLieInTheTextWhereverItIsCut) {
  for (const Snippet& snippet : read_labelled(OOE_SOURCE_DIR "/tests/privacy/labelled.txt")) {
    for (std::size_t cut = 0; cut <= snippet.text.size(); ++cut) {
      const std::string head = snippet.text.substr(0, cut);  // of its own, for the sanitizer
      const std::string tail = snippet.text.substr(cut);
      for (const std::string& text : {head, tail}) {
        std::size_t before = 0;
        for (const Finding& finding : find_personal_data(text)) {
          ASSERT_LT(finding.begin, finding.end) << text;
          ASSERT_LE(finding.end, text.size()) << text;
          ASSERT_LE(before, finding.begin) << text;
          before = finding.begin;
        }
      }
    }
  }
}

// What stands around a snippet, on lines of its own, changes nothing that is found in it.
TEST(Scan, FindsTheSameInTheMiddleOfOtherText) {
  const std::string ahead =
      "An ordinary sentence stands here, and it is long enough to end hints.\n\n";
  const std::string behind = "\n\nAnd another one follows.";
  for (const Snippet& snippet : read_labelled(OOE_SOURCE_DIR "/tests/privacy/labelled.txt")) {
    const auto alone = find_personal_data(snippet.text);
    const auto within = find_personal_data(ahead + snippet.text + behind);
    ASSERT_EQ(alone.size(), within.size()) << snippet.text;
    for (std::size_t i = 0; i < alone.size(); ++i) {
      EXPECT_EQ(alone[i].type, within[i].type) << snippet.text;
      EXPECT_EQ(alone[i].begin + ahead.size(), within[i].begin) << snippet.text;
    }
  }
}

TEST(Scan, RandomBytesOfTheDetectorsOwnAlphabetDoNoHarm) {
  constexpr std::string_view kAlphabet =
      "0123456789 -./()+@:\"'\\=abcdefkpstyAKIDE\n\xC3\xA9\xE5\xAF\x86";
  Rng rng(5);
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (std::size_t i = rng.below(60); i > 0; --i) text += kAlphabet[rng.below(kAlphabet.size())];
    for (const Finding& finding : find_personal_data(text)) {
      ASSERT_LT(finding.begin, finding.end) << text;
      ASSERT_LE(finding.end, text.size()) << text;
    }
  }
}

}  // namespace
}  // namespace ooe::privacy
