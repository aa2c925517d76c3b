#include "gateway/redaction.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "base/rng.h"
#include "gateway/body_text.h"
#include "http/sse.h"

namespace ooe::gateway {
namespace {

using Json = nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const privacy::Detector& detector() {
  static const privacy::Detector made = *privacy::Detector::make({});
  return made;
}

std::string body_of(const std::string& text) {
  return R"({"model":"m", "messages":[{"role":"user","content":)" + Json(text).dump() + "}]}";
}

std::shared_ptr<const Redaction> redaction_of(const std::string& body) {
  auto redaction = redact(body, detector());
  EXPECT_TRUE(redaction.has_value()) << body;
  return redaction ? std::make_shared<const Redaction>(std::move(*redaction)) : nullptr;
}

std::string content_of(const std::string& body) {
  return Json::parse(body)["messages"][0]["content"];
}

TEST(Redact, ReplacesWhatIsFoundAndNothingElse) {
  const std::string body = body_of("Write to ann@x.example and bob@x.example, then ann@x.example.");
  const auto redaction = redaction_of(body);
  const std::string sent = edited(body, redaction->edits);
  EXPECT_EQ(sent, body_of("Write to <EMAIL_1> and <EMAIL_2>, then <EMAIL_1>."));
  EXPECT_EQ(redaction->left, PrivacyClass::public_);
  EXPECT_THAT(redaction->counts, ElementsAre("email 2"));
}

// kind in a sentence -> what must be gone
TEST(Redact, LeavesNothingOfAnyKind) {
  const std::pair<const char*, const char*> cases[] = {
      {"Call me: +49 30 1234567 after six", "1234567"},
      {"IBAN DE89 3704 0044 0532 0130 00, thanks", "3704"},
      {"card 4539 5787 6362 1486", "5787"},
      {"my SSN is 536-22-8726", "8726"},
      {"server 203.0.113.77 is down", "203.0"},
      {"password: hunter2Rabbit9", "Rabbit9"},
      {"-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQ\n-----END PRIVATE KEY-----",
       "MIIE"},
      {"{\"first_name\": \"Annegret\", \"x\": 1}", "Annegret"},
      {"{\"birth_date\": \"1980-02-03\"} born 1980-02-03", "1980"},
  };
  for (const auto& [text, gone] : cases) {
    const std::string body = body_of(text);
    const auto redaction = redaction_of(body);
    ASSERT_NE(redaction, nullptr) << text;
    const std::string sent = edited(body, redaction->edits);
    EXPECT_THAT(sent, Not(HasSubstr(gone))) << text;
    EXPECT_EQ(redaction->left, PrivacyClass::public_) << sent;
    // And back: the answer repeats the request.
    const Restorer restorer(redaction);
    EXPECT_EQ(content_of(restorer.whole(sent)), text) << sent;
  }
}

TEST(Redact, SeesEscapesToolArgumentsAndEveryOtherString) {
  const std::string body =
      R"({"model":"m","user":"ann@x.example","messages":[)"
      R"({"role":"user","content":"\u0061nn\u0040x.example \ud83d\ude00"},)"
      R"({"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function",)"
      R"("function":{"name":"f","arguments":"{\"to\": \"ann@x.example\", \"iban\": \"DE89370400440532013000\"}"}}]}]})";
  const auto redaction = redaction_of(body);
  EXPECT_EQ(
      edited(body, redaction->edits),
      R"({"model":"m","user":"<EMAIL_1>","messages":[)"
      R"({"role":"user","content":"<EMAIL_1> \ud83d\ude00"},)"
      R"({"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function",)"
      R"("function":{"name":"f","arguments":"{\"to\": \"<EMAIL_1>\", \"iban\": \"<IBAN_1>\"}"}}]}]})");
}

// In JSON that stands in a string "\n" is two bytes: what is replaced begins behind them, and what
// is left can be parsed.
TEST(Redact, CutsNoEscapeOfAQuotedDocument) {
  const std::pair<std::string, std::string> cases[] = {
      {R"({"note": "Contact:\nann.lee@x.example"})", R"({"note": "Contact:\n<EMAIL_1>"})"},
      {R"({"text": "a\nann@x.example b ann@x.example"})",
       R"({"text": "a\n<EMAIL_1> b <EMAIL_1>"})"},
      {R"({"from": "Ann \u003cann@x.example\u003e"})", R"({"from": "Ann \u003c<EMAIL_1>\u003e"})"},
      {R"({"to": ["\u002B49 30 901820", "+49 30 901820"]})",
       R"({"to": ["<PHONE_1>", "<PHONE_1>"]})"},
      {R"({"rows": "name\tcard\nAnn\t4539578763621486\n"})",
       R"({"rows": "name\tcard\nAnn\t<CARD_1>\n"})"},
      {R"({"log": "password: hunter2\""})", R"({"log": "password: <SECRET_1>\""})"},
      {R"({"a": "{\"b\": \"{\\\"first_name\\\": \\\"Ann \\\\\\\"B\\\\\\\"\\\"}\"}"})",
       R"({"a": "{\"b\": \"{\\\"first_name\\\": \\\"<FIELD_1>\\\"}\"}"})"},
      {R"({"a": "{\"b\": \"{\\\"password\\\": \\\"hunter2x\\\"}\"}"})",
       R"({"a": "{\"b\": \"{\\\"password\\\": \\\"<SECRET_1>\\\"}\"}"})"},
      // Values that end in a backslash of their own.
      {R"({"t": "{\"first_name\": \"Ann\\\\\"}"})", R"({"t": "{\"first_name\": \"<FIELD_1>\"}"})"},
      {R"({"t": "{\"password\": \"C:\\\\secret1\\\\\", \"note\": \"x y\"}"})",
       R"({"t": "{\"password\": \"<SECRET_1>\", \"note\": \"x y\"}"})"},
  };
  for (const auto& [text, redacted] : cases) {
    const std::string body = body_of(text);
    const auto redaction = redaction_of(body);
    ASSERT_TRUE(redaction) << text;
    const std::string sent = content_of(edited(body, redaction->edits));
    EXPECT_EQ(sent, redacted);
    EXPECT_FALSE(Json::parse(sent, nullptr, false).is_discarded()) << sent;
    EXPECT_EQ(redaction->left, PrivacyClass::public_) << sent;
  }
}

TEST(Redact, PutsBackWhatAnEscapedTextSays) {
  const auto redaction =
      redaction_of(body_of(R"({"note": "Contact:\nann.lee@x.example, \u002B49 30 901820"})"));
  EXPECT_EQ(Restorer(redaction).whole(R"({"content":"Write to <EMAIL_1> or call <PHONE_1>."})"),
            R"({"content":"Write to ann.lee@x.example or call +49 30 901820."})");
  // A value with quotes comes back as it stood there, and bytes that are no text as they were.
  const std::string quoted = R"({"email":"\"Ann Lee\" <ann.lee@x.example>","x":1})";
  const std::string content = Json(R"({"email":"<EMAIL_1>","x":1})").dump();
  const std::string whole =
      Restorer(redaction_of(body_of(quoted))).whole(R"({"content":)" + content + "}");
  EXPECT_EQ(Json::parse(whole)["content"], quoted);
  const auto bytes = redaction_of(body_of(R"(From: ann@x.example\xff\xfe\x00)"));
  EXPECT_EQ(Restorer(bytes).whole(R"({"content":"<EMAIL_1>"})").find("\uFFFD"), std::string::npos);
}

TEST(Redact, ReplacesTheSameTextWhereNothingGivesItAway) {
  const std::string body = body_of("password: hunter2Rabbit9. Again: hunter2Rabbit9!");
  EXPECT_THAT(edited(body, redaction_of(body)->edits), Not(HasSubstr("Rabbit9")));
  const std::string quoted =
      body_of(R"({"log": "the password: hunter2Rabbit9\nEnd. Again: hunter2Rabbit9!"})");
  EXPECT_THAT(edited(quoted, redaction_of(quoted)->edits), Not(HasSubstr("Rabbit9")));
}

TEST(Redact, PassesOverPlaceholdersThatTheBodyHolds) {
  const std::string body = body_of("What is <EMAIL_1>? Ask ann@x.example.");
  const auto redaction = redaction_of(body);
  EXPECT_EQ(content_of(edited(body, redaction->edits)), "What is <EMAIL_1>? Ask <EMAIL_2>.");
  EXPECT_EQ(Restorer(redaction).whole(edited(body, redaction->edits)), body);
}

TEST(Redact, PassesOverNoMoreThanThePlaceholdersOfItsKind) {
  const std::string body = body_of(
      "<EMAIL_1> <EMAIL_3> <IP_2> <EMAIL_x> <EMAIL_2 <email_4> <EMAIL_99999999999999999999> "
      "<PRIVATE_KEY_1> ann@x.example bob@x.example eve@x.example 203.0.113.7 203.0.113.8");
  EXPECT_THAT(content_of(edited(body, redaction_of(body)->edits)),
              HasSubstr("<EMAIL_2> <EMAIL_4> <EMAIL_5> <IP_1> <IP_3>"));
}

// Both kept a worker for half a minute, whatever the key's budget.
TEST(Redact, TakesATextMadeAgainstItInItsStride) {
  std::string placeholders = "ann@x.example";
  for (int i = 1; i < 100'000; ++i) placeholders += fmt::format(" <EMAIL_{}>", i);
  std::string alike;  // half of all places begin as the password does
  while (alike.size() < 700'000) alike += "a1";
  const std::string password = "curl -u x:" + alike + "Z000 https://x.example/ " + alike + alike;
  for (const std::string& text : {placeholders, password}) {
    const auto began = std::chrono::steady_clock::now();
    const auto redaction = redact(body_of(text), detector());
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(8));
    EXPECT_TRUE(redaction.has_value()) << redaction.error().message;
  }
}

// text -> what is sent of it
TEST(Redact, TakesTheWholeOfASecret) {
  const std::string token = "A1b2C3d4E5f6G7h8" + std::string(112, 'y');
  const std::pair<std::string, std::string> cases[] = {
      {"token: \"" + token + "tail-of-it\"", "token: \"<SECRET_1>\""},
      {"token: \"" + token + "pb9\"", "token: \"<SECRET_1>\""},
      {R"(password = "Summer12\Winter")", R"(password = "<SECRET_1>")"},
      {R"(password = "Summer12\")", R"(password = "<SECRET_1>)"},
      {"password: Summer12,Winter!34", "password: <SECRET_1>"},
      {"password: Summer12'Winter!34, x", "password: <SECRET_1>, x"},
      {R"(key: -----BEGIN RSA PRIVATE KEY-----\nMIIEabc123\nabcdefgh)", "key: <PRIVATE_KEY_1>"},
      // Elsewhere too, where it is the beginning of something longer.
      {"password: hunter2Rabbit9. Old: hunter2Rabbit9000.",
       "password: <SECRET_1>. Old: <SECRET_2>."},
  };
  for (const auto& [text, expected] : cases) {
    const auto redaction = redaction_of(body_of(text));
    ASSERT_NE(redaction, nullptr) << text;
    EXPECT_EQ(content_of(edited(body_of(text), redaction->edits)), expected) << text;
    EXPECT_EQ(redaction->left, PrivacyClass::public_) << text;
  }
  // A member's value is one string, whatever quotes are in it.
  for (const std::string value :
       {R"(abc123\"!tail9)", R"(abc123\")", R"(abc123\\)", R"(abc123\\\" tail9)"}) {
    const std::string body = R"({"model":"m","wifi_password":")" + value + R"(","x":"y"})";
    const auto redaction = redaction_of(body);
    ASSERT_NE(redaction, nullptr) << body;
    EXPECT_EQ(edited(body, redaction->edits),
              R"({"model":"m","wifi_password":"<SECRET_1>","x":"y"})");
  }
}

TEST(Redact, IsNotStoppedByTheWordsOfItsOwnPlaceholders) {
  std::string key;
  for (int i = 0; i < 39; ++i) key += "Ab3x";
  const std::pair<std::string, std::string> cases[] = {
      {"OPENAI_API_KEY=sk-proj-" + key, "OPENAI_API_KEY=<SECRET_1>"},
      {"Authorization: Bearer " + key + key, "Authorization: Bearer <SECRET_1>"},
      {"postgres://app:s3cretPw@db1.example.com:5432/prod",
       "postgres://app:<SECRET_1>@db1.example.com:5432/prod"},
      {"mongodb+srv://user:Pa55word@cluster0.mongodb.net",
       "mongodb+srv://user:<SECRET_1>@cluster0.mongodb.net"},
      {"postgres://app:SECRET@db1.example.com", "postgres://app:<SECRET_1>@db1.example.com"},
      {"+49 30 1234567, order 4711 0815 99", "<PHONE_1>, order 4711 0815 99"},
  };
  for (const auto& [text, expected] : cases) {
    const auto redaction = redaction_of(body_of(text));
    ASSERT_NE(redaction, nullptr) << text;
    EXPECT_EQ(content_of(edited(body_of(text), redaction->edits)), expected) << text;
    EXPECT_EQ(redaction->left, PrivacyClass::public_) << text;
  }
}

// Passwords of all marks, in all places where they are told to be some.
TEST(Redact, LeavesNoTailOfAnyPassword) {
  constexpr std::string_view kMarks = "!#%-_+/,;.?@^|~)}]\\\"'`<> :=&";
  constexpr std::string_view kUnquoted = "!#%-_+/,;.?@^|~)}]\\";
  constexpr std::string_view kTail = "Ztail7";
  Rng rng(11);
  int redacted = 0;
  for (int round = 0; round < 4'000; ++round) {
    const std::size_t form = rng.below(6);
    const std::string_view marks = form < 4 ? kMarks : kUnquoted;
    std::string password = "Ab1xyz9";
    for (std::size_t n = rng.below(rng.below(8) == 0 ? 300 : 20); n > 0; --n) {
      password += rng.below(2) == 0 ? marks[rng.below(marks.size())]
                                    : static_cast<char>('a' + rng.below(26));
    }
    password += kTail;
    std::string body;
    switch (form) {
      case 0:
        body = Json{{"model", "m"}, {"wifi_password", password}}.dump();
        break;
      case 1:
        body = Json{{"model", "m"}, {"password", password}}.dump();
        break;
      case 2:
        body = body_of("Use " + Json{{"wifi_password", password}}.dump() + " for it.");
        break;
      case 3:  // twice inside
        body = body_of(Json{{"x", Json{{"wifi_password", password}}.dump()}}.dump());
        break;
      case 4:
        body = body_of("password: " + password + (rng.below(2) == 0 ? ", and" : ""));
        break;
      default:
        body = body_of("(PASSWORD=" + password + ") x");
        break;
    }
    const auto redaction = redact(body, detector());
    if (!redaction || redaction->left != PrivacyClass::public_) {
      EXPECT_NE(form, 1U) << body;
      continue;
    }
    ++redacted;
    ASSERT_THAT(edited(body, redaction->edits), Not(HasSubstr("tail7"))) << body;
  }
  EXPECT_GT(redacted, 3'600);
}

TEST(Redact, FailsWhereItCannotReplace) {
  const auto error_of = [](const std::string& body) {
    const auto redaction = redact(body, detector());
    return redaction ? "" : redaction.error().message;
  };
  EXPECT_THAT(error_of(R"({"model":"m","card":4539578763621486})"),
              HasSubstr("cannot be redacted"));
  EXPECT_THAT(error_of(body_of("data:ann@x.example")), HasSubstr("image"));
  std::string many;
  for (int i = 0; i < 300; ++i) many += "ann" + std::to_string(i) + "@x.example ";
  EXPECT_THAT(error_of(body_of(many)), HasSubstr("300 different values"));
  std::string often;
  for (std::size_t i = 0; i <= kFindingsMax; ++i) often += "a@b.example ";
  EXPECT_THAT(error_of(body_of(often)), HasSubstr("131073 findings"));
}

// The work grows with the text: once each place was looked at from the beginning of its string, and
// a megabyte kept a worker for half a minute.
TEST(Redact, TakesATextFullOfTheSameAddressInItsStride) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "tsan notes all of what memmem() might have read, each time";
#endif
  std::string text;
  while (text.size() < 1'500'000) text += "ann@x.example ";
  const auto began = std::chrono::steady_clock::now();
  const auto redaction = redact(body_of(text), detector());
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(8));
  ASSERT_TRUE(redaction.has_value()) << redaction.error().message;
  EXPECT_THAT(redaction->counts, ElementsAre("email 1"));
}

TEST(Redact, JudgesWhatIsLeft) {
  privacy::DetectorOptions options;
  options.rules = {{"falcon", "(?i)project falcon", PrivacyClass::restricted}};
  const auto strict = privacy::Detector::make(std::move(options));
  const auto redaction = redact(body_of("Project Falcon: ann@x.example"), *strict);
  ASSERT_TRUE(redaction.has_value());
  EXPECT_EQ(redaction->left, PrivacyClass::restricted);
  // A number is what it says and not how it is written: the first inspection reads it parsed.
  for (const char* number : {"4.539578763621486e15", "453957876362148.6e1", "4539578763621486e0"}) {
    const std::string body =
        R"({"model":"m","mail":"ann@x.example","card":)" + std::string(number) + "}";
    const auto redacted = redact(body, detector());
    EXPECT_TRUE(!redacted || redacted->left == PrivacyClass::restricted) << number;
  }
}

TEST(FlatJson, IsTheTextThatTheDetectorSees) {
  const std::string body =
      R"( { "a\n\u00e9" : [ "x\"y", {"b":"\ud83d\ude00"} , "" ], "c":{"d":"e"} } )";
  EXPECT_EQ(FlatJson(body).text(), *body_text(body));
  for (
      const char* media :
      {R"([{"type":"image_url","image_url":{"url":"data:image/png;base64,aGVsbG8="}},{"t":"a=="}])",
       R"([{"image_url":{"url":"data:image\/png;base64,aGVs\/bG8="}},"data:x;base64,a b"])",
       R"([{"input_audio":{"data":"aGVsbG8=","format":"wav"}},{"data":"aGVsbG8="},"input_audio"])",
       R"([{"input_audio":{}},{"data":"aGVsbG8="},{"input_audio":["a==",{"b":"c=="}]},"d=="])"}) {
    EXPECT_EQ(FlatJson(media).text(), *body_text(media)) << media;
  }
}

TEST(FlatJson, KnowsWhereEachByteStands) {
  const std::string body = R"({"a\tb":"x\u00e9y\ud83d\ude00","":["","\n\n","\ud83d","\ude00z"]})";
  const FlatJson flat(body);
  const std::string text(flat.text());
  const auto source = [&](std::string_view from, std::string_view to) {
    const std::size_t begin = text.find(from);
    const std::size_t end = text.find(to, begin) + to.size();
    return std::string(part(body, flat.source(begin, end)));
  };
  EXPECT_EQ(source("a", "b"), R"(a\tb)");
  EXPECT_EQ(source("\t", "\t"), R"(\t)");
  EXPECT_EQ(source("b", "b"), "b");
  EXPECT_EQ(source("x", "\xc3"), R"(x\u00e9)");
  EXPECT_EQ(source("\xa9", "y"), R"(\u00e9y)");
  EXPECT_EQ(source("y", "\xf0"), R"(y\ud83d\ude00)");
  EXPECT_EQ(source("\n\n\"", "\n\n"), R"(\n\n)");
  // Half a pair stands for itself alone.
  EXPECT_EQ(source("\xef\xbf\xbd\"", "\xef\xbf\xbd"), R"(\ud83d)");
  EXPECT_EQ(source("\xef\xbf\xbdz", "z"), R"(\ude00z)");
  EXPECT_EQ(flat.source(text.find('b'), text.find('x') + 1).end, 0U) << "two strings";
  EXPECT_EQ(flat.source(0, 1).end, 0U) << "no string";
  const std::size_t at = text.find('x');
  const std::size_t end = text.find('"', at);
  EXPECT_EQ(flat.string_around(at + 3).begin, at);
  EXPECT_EQ(flat.string_around(at + 3).end, end);
  EXPECT_EQ(flat.string_around(end).end, 0U);
  EXPECT_EQ(flat.string_at(at).end, end);
  EXPECT_EQ(flat.string_at(at + 1).end, 0U);
}

// An answer of all kinds of values, in chunks cut at every byte of its text.
class RestorerTest : public ::testing::Test {
 protected:
  const std::string body_ = body_of(
      "ann@x.example, password: \"q\\\\uote9\\\"dX\" and -----BEGIN PRIVATE KEY-----\nMIIEvQIBAD\n"
      "-----END PRIVATE KEY-----");
  const std::shared_ptr<const Redaction> redaction_ = redaction_of(body_);

  static std::string event(const std::string& piece, int index = 0) {
    return http::sse_event(
        Json{{"choices", Json::array({{{"delta", {{"content", piece}}}, {"index", index}}})}}
            .dump());
  }
  static std::string arguments(const std::string& piece) {
    return http::sse_event(
        Json{{"choices",
              Json::array(
                  {{{"index", 0},
                    {"delta",
                     {{"tool_calls",
                       Json::array({{{"index", 0}, {"function", {{"arguments", piece}}}}})}}}}})}}
            .dump());
  }
  // All text of the stream's events, by index; `arguments` those of the tool call.
  static std::string text_of(const std::string& stream, int index, bool arguments = false) {
    std::string text;
    http::SseReader reader;
    EXPECT_TRUE(reader.feed(stream, [&](const http::SseEvent& each) {
      if (each.data.empty()) return;
      const auto choice = Json::parse(each.data)["choices"][0];
      if (choice["index"] != index) return;
      if (arguments && choice["delta"].contains("tool_calls")) {
        text += choice["delta"]["tool_calls"][0]["function"]["arguments"];
      } else if (!arguments && choice["delta"].contains("content")) {
        text += choice["delta"]["content"];
      }
    }));
    return text;
  }
};

TEST_F(RestorerTest, PutsBackWhatIsCutAnywhere) {
  const std::string sent = content_of(edited(body_, redaction_->edits));
  ASSERT_THAT(sent, Not(HasSubstr("ann")));
  for (std::size_t cut = 0; cut <= sent.size(); ++cut) {
    for (std::size_t second = cut; second <= sent.size(); second += 3) {
      Restorer restorer(redaction_);
      std::string got = restorer.feed(event(sent.substr(0, cut)));
      got += restorer.feed(": still here\n\n");
      got += restorer.feed(event(sent.substr(cut, second - cut)) + event(sent.substr(second)));
      got += restorer.finish();
      ASSERT_EQ(text_of(got, 0), content_of(body_)) << cut << " " << second;
    }
  }
}

TEST_F(RestorerTest, PutsBackIntoToolArgumentsSoThatTheyStayJson) {
  const std::string sent = Json{{"to", content_of(edited(body_, redaction_->edits))}}.dump();
  for (std::size_t cut = 0; cut <= sent.size(); ++cut) {
    Restorer restorer(redaction_);
    const std::string got =
        restorer.feed(arguments(sent.substr(0, cut)) + arguments(sent.substr(cut))) +
        restorer.finish();
    ASSERT_EQ(Json::parse(text_of(got, 0, true))["to"], content_of(body_)) << cut;
  }
}

TEST_F(RestorerTest, KeepsChoicesApart) {
  Restorer restorer(redaction_);
  const std::string got =
      restorer.feed(event("<EMA", 0) + event("<EM", 1) + event("IL_1>", 0) + event("AIL_1>!", 1)) +
      restorer.finish();
  EXPECT_EQ(text_of(got, 0), "ann@x.example");
  EXPECT_EQ(text_of(got, 1), "ann@x.example!");
}

TEST_F(RestorerTest, LeavesEveryOtherByteAlone) {
  Rng rng(3);
  const std::vector<std::string> pieces{"<",     "EMAIL", "_1",    "<EMAIL_",    "_9>",
                                        "a < b", ">",     "\\",    "\"",         "<b>",
                                        "é",     "\n",    "u003c", "<EMAIL_11>", "<<"};
  for (int round = 0; round < 2'000; ++round) {
    std::string stream;
    std::string text;
    for (std::uint64_t n = rng.below(8); n > 0; --n) {
      std::string piece = pieces[rng.below(pieces.size())];
      if ((text + piece).find("<EMAIL_1>") != std::string::npos) piece = "-";
      text += piece;
      stream += rng.below(4) == 0 ? ": ping\r\n\r\n" : "";
      stream += event(piece);
    }
    // In pieces of any size, as events come.
    Restorer restorer(redaction_);
    std::string got;
    for (std::size_t at = 0; at < stream.size();) {
      const std::size_t size = 1 + rng.below(60);
      got += restorer.feed(std::string_view(stream).substr(at, size));
      at += size;
    }
    got += restorer.finish();
    ASSERT_EQ(got, stream) << round;
  }
}

TEST_F(RestorerTest, KnowsEscapedBracketsAndLeavesNamesAlone) {
  const Restorer restorer(redaction_);
  EXPECT_EQ(restorer.whole(R"({"<EMAIL_1>":"\u003cEMAIL_1\u003E","n":[1,"<EMAIL_1>"]})"),
            R"({"<EMAIL_1>":"ann@x.example","n":[1,"ann@x.example"]})");
  EXPECT_EQ(restorer.whole(R"({"arguments":"{\"to\":\"\\u003cEMAIL_1\\u003e\"}"})"),
            R"({"arguments":"{\"to\":\"ann@x.example\"}"})");
  EXPECT_EQ(restorer.whole("not json \" {"), "not json \" {");
}

TEST_F(RestorerTest, HoldsNoMoreThanItsLimit) {
  Restorer restorer(redaction_);
  const std::string begun = event("<EMAIL");
  const std::string other = event(std::string(Restorer::kHeldBytesMax / 2, 'x'), 1);
  EXPECT_THAT(restorer.feed(begun), IsEmpty());
  EXPECT_THAT(restorer.feed(other), IsEmpty());
  EXPECT_EQ(restorer.feed(other), begun + other + other);
}

}  // namespace
}  // namespace ooe::gateway
