#include "privacy/escapes.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/rng.h"
#include "privacy/scan.h"
#include "tests/privacy/found_in.h"
#include "tests/privacy/labelled.h"

namespace ooe::privacy {
namespace {

using Json = nlohmann::json;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

// As it stands in a JSON string, `depth` times.
std::string nested(std::string text, int depth) {
  for (; depth > 0; --depth) text = Json{{"text", text}}.dump();
  return text;
}

TEST(Escapes, AreAsLongAsTheirBackslashesAndDigits) {
  for (const auto& [text, size] :
       std::vector<std::pair<std::string, std::size_t>>{{R"(\n)", 2},
                                                        {R"(\\n)", 3},
                                                        {R"(\\\\n)", 5},
                                                        {R"(\u00e9x)", 6},
                                                        {R"(\\u00e9)", 7},
                                                        {R"(\x41)", 4},
                                                        {R"(\")", 2},
                                                        {R"(\/)", 2},
                                                        {R"(\)", 0},
                                                        {R"(\\)", 0},
                                                        {R"(\d)", 0},
                                                        {R"(\u00e)", 0},
                                                        {R"(\u00eg)", 0},
                                                        {R"(\xg)", 0}}) {
    EXPECT_EQ(escape_size(text, 0), size) << text;
  }
}

TEST(Escapes, AreUnpackedOnAllLevelsAtOnce) {
  EXPECT_EQ(unescaped(R"(a\nb\\tc\/d\"e\u00e9\\u20ac\x41\d\\)"),
            "a\nb\tc/d\"e\u00e9\u20acA\\d\\\\");
  EXPECT_EQ(unescaped("no escape"), "no escape");
}

// One of each kind, which is found on a line of its own.
const std::vector<std::string>& values() {
  static const std::vector<std::string> kept{
      "email ann.lee@example.org",
      "phone +49 30 901820",
      "phone (212) 555-0187",
      "iban DE89370400440532013000",
      "iban GB29 NWBK 6016 1331 9268 19",
      "card 4539 5787 6362 1486",
      "card 4539578763621486",
      "us_id 536-90-4399",
      "uk_id AB123456C",
      "eu_id RSSMRA85T10A562S",
      "ip 203.0.113.7",
      "ip 2001:db8::1",
      "secret AKIAIOSFODNN7EXAMPLF",
      "secret ghp_abcdefghijklmnopqrstuvwxyz0123456789",
      "secret sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCD",
      "secret eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmN",
      "secret xoxb-1234567890-1234567890123-abcdefghij0123456789abcd"};
  return kept;
}

TEST(Escapes, HideNothingThatStandsBehindThem) {
  for (const std::string& told : values()) {
    const std::string value = told.substr(told.find(' ') + 1);
    for (const std::string between : {"\n", "\t", "\r\n", "\xC2\xA0", "\xE2\x82\xAC", "<", "\""}) {
      for (int depth = 1; depth <= 4; ++depth) {
        const std::string text = nested("Kunde:" + between + value + between + "Ende", depth);
        EXPECT_THAT(found_in(text), Contains(told)) << text;
      }
    }
    // As PHP, Go, Python and C# escape.
    for (const std::string escape : {R"(\n)", R"(\u003e)", R"(\u00a0)", R"(\u20ac)", R"(\")",
                                     R"(\u0022)", R"(\r\n)", R"(\\n)", R"(\\u00a0)"}) {
      const std::string text = R"({"p": "x)" + escape + value + R"("})";
      EXPECT_THAT(found_in(text), Contains(told)) << text;
    }
  }
}

TEST(Escapes, ArePartOfWhatTheyStandIn) {
  for (const auto& [text, told] : std::vector<std::pair<std::string, std::string>>{
           {R"({"p":"\u002B49 30 901820"})", R"(phone \u002B49 30 901820)"},
           {R"({"p":"ann.lee\u0040example.org"})", R"(email ann.lee\u0040example.org)"},
           {R"({"p":"j\u00fcrgen@example.org"})", R"(email j\u00fcrgen@example.org)"},
           {R"({"p":"GB29\u00a0NWBK\u00a06016\u00a01331\u00a09268\u00a019"})",
            R"(iban GB29\u00a0NWBK\u00a06016\u00a01331\u00a09268\u00a019)"},
           {R"({"p":"postgres:\/\/bob:s3cr3tpw@db.example.com\/x"})", "secret s3cr3tpw"},
           {R"({"p":"a\/DE89370400440532013000"})", "iban DE89370400440532013000"},
           {R"({"p":"Tel. 030\/23125-77"})", R"(phone 030\/23125-77)"},
           {R"x({"a":"{\"b\":\"{\\\"password\\\":\\\"hunter2x\\\"}\"}"})x", "secret hunter2x"},
           {R"x({"a":"{\"b\":\"{\\\"password\\\":\\\"hunter2x \\\\\\\"and 3\\\"}\"}"})x",
            R"x(secret hunter2x \\\\\\\"and 3)x"},
           {R"({"env":"DB_PASS=hunter2x\nDB_HOST=db\nX=1"})", "secret hunter2x"},
           {R"({"env":"DB_PASSWORD=hunter2x\r\n\r\nDB_HOST=db"})", "secret hunter2x"},
           {R"({\"t\":\"the password: hunter2x\\nEnde.\"})", "secret hunter2x"},
           {R"({\"t\":\"the password: hunter2x\\nEnde.\"})", R"(secret hunter2x\\nEnde.)"},
           {R"({"t":"the password: hunter2x\n"})", "secret hunter2x"},
           {R"(the password: Pa55\nord12)", R"(secret Pa55\nord12)"},
           {R"({"log":"login ok\npassword: hunter2secret\nSSN 536904399"})", "us_id 536904399"}}) {
    EXPECT_THAT(found_in(text), Contains(told)) << text;
  }
}

// What is cut out between them leaves a JSON that can be parsed.
TEST(Escapes, AreNotCutByAFinding) {
  for (const std::string text :
       {R"({"note": "Contact:\nann.lee@example.org"})",
        R"({"from": "Ann \u003cann@x.example\u003e"})",
        R"({"log": "password: hunter2\"", "x": "a"})", R"({"log": "password:\nhunter2secret\nx"})",
        R"({"log": "the password is \"hunter2x\", ok"})",
        R"({"log": "a\tpassword=\u0022hunter2x\u0022"})",
        R"({"log": "token: abcdef0123456789abcd\\n"})",
        R"({"log": "\npassword: 'hunter2x\\\\'"})"}) {
    const auto findings = find_personal_data(text);
    EXPECT_THAT(findings, Not(IsEmpty())) << text;
    std::string cut = text;
    for (auto finding = findings.rbegin(); finding != findings.rend(); ++finding) {
      cut.replace(finding->begin, finding->end - finding->begin, "<X>");
    }
    EXPECT_FALSE(Json::parse(cut, nullptr, false).is_discarded()) << cut;
  }
  EXPECT_THAT(found_in(R"({"note": "Contact:\nann.lee@example.org, ann.lee@example.org"})"),
              ElementsAre("email ann.lee@example.org", "email ann.lee@example.org"));
}

TEST(Escapes, OfPathsAndFormulasAreRarelyMoreThanBlanks) {
  for (const std::string text :
       {R"(C:\new\table\readme.txt)", R"(copy C:\temp\build\x64\Release \\nas\backup\2024)",
        R"(\nu = \frac{1}{2}\theta + \beta_{10}\tau)", R"(re.match(r"\d{3}-\d{4}\b\s+\w", text))",
        R"(printf("%d items\n\t%s\n", n, name);)", R"(sed 's/\/usr\/local\/bin/\/opt\/bin/g')",
        R"("version\n1.2.3.4\n10.0")", R"({"token\n": 1})"}) {
    EXPECT_THAT(found_in(text), IsEmpty()) << text;
  }
}

// The findings of the text as written, but for those that an escape cuts, are all there.
TEST(Escapes, TakeNothingAwayFromOtherTexts) {
  for (const Snippet& snippet : read_labelled(OOE_SOURCE_DIR "/tests/privacy/labelled.txt")) {
    const auto kept = find_personal_data(snippet.text + "\nand a backslash: \\n");
    for (const Finding& finding : find_as_written(snippet.text)) {
      EXPECT_TRUE(std::ranges::any_of(kept, [&](const Finding& other) {
        return other.type == finding.type && other.begin <= finding.end &&
               finding.begin <= other.end;
      })) << snippet.text;
    }
    // And all labels are found in a string of JSON.
    if (snippet.text.find('\\') != std::string::npos) continue;
    const auto plain = find_as_written(snippet.text);
    const std::string quoted = Json(snippet.text).dump(-1, ' ', true);
    const auto found = find_personal_data(quoted);
    for (const Finding& finding : plain) {
      EXPECT_TRUE(std::ranges::any_of(found, [&](const Finding& other) {
        return other.type == finding.type;
      })) << quoted;
    }
  }
}

TEST(Escapes, TakeLinearTime) {
  for (const std::string piece :
       {"\\", "\\n", "\\\\n1 ", "\\u00a0", "\\\"a@b.example", "\\n\n", "\"\\\\\\\"",
        "password: \\\\\\\"abc123", "\\n4539 5787 ", "12 ", "\\u"}) {
    std::string text;
    while (text.size() < 4'000'000) text += piece;
    const auto begin = std::chrono::steady_clock::now();
    for (const Finding& finding : find_personal_data(text)) ASSERT_LE(finding.end, text.size());
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5)) << piece;
  }
}

// One escape of half the text's length, read once and not for each of the findings behind it; and
// secrets behind ever deeper quotes.
TEST(Escapes, LongRunsOfBackslashesTakeLinearTime) {
  std::string after_a_run(2'000'000, '\\');
  after_a_run += "n ";
  while (after_a_run.size() < 4'000'000) after_a_run += "a@bc.org ";
  std::string deeper;
  for (std::size_t depth = 2; deeper.size() < 4'000'000; ++depth) {
    deeper += std::string(depth, '\\') + "\"ghp_abcdefghijklmnopqrstuvwxyz0123456789 ";
  }
  for (const std::string* text : {&after_a_run, &deeper}) {
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_FALSE(find_personal_data(*text).empty());
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  }
}

TEST(Escapes, AQuoteClosesByItsBackslashes) {
  for (const std::size_t depth : {1U, 3U, 7U}) {
    EXPECT_TRUE(quote_closes(depth, depth));
    EXPECT_TRUE(quote_closes(0, depth)) << "the document's";
    EXPECT_FALSE(quote_closes(2 * depth + 1, depth)) << "one inside the value";
    EXPECT_TRUE(quote_closes(3 * depth + 2, depth)) << "behind a backslash of the value's own";
  }
  EXPECT_TRUE(quote_closes(0, 0) && quote_closes(2, 0));
  EXPECT_FALSE(quote_closes(1, 0));
}

TEST(Escapes, FindingsOfRandomTextLieInIt) {
  constexpr std::string_view kAlphabet = "01234 -.@\"'\\\\\\\\ntux=:/aek\n";
  Rng rng(11);
  for (int round = 0; round < 30'000; ++round) {
    std::string text;
    for (std::size_t i = rng.below(60); i > 0; --i) text += kAlphabet[rng.below(kAlphabet.size())];
    if (rng.below(2) == 0) {
      const std::string& told = values()[rng.below(values().size())];
      text.insert(rng.below(text.size() + 1), told.substr(told.find(' ') + 1));
    }
    std::size_t before = 0;
    for (const Finding& finding : find_personal_data(text)) {
      ASSERT_LT(finding.begin, finding.end) << text;
      ASSERT_LE(finding.end, text.size()) << text;
      ASSERT_LE(before, finding.begin) << text;
      before = finding.begin;
    }
  }
}

}  // namespace
}  // namespace ooe::privacy
