#include "gateway/request_privacy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/body_text.h"

namespace ooe::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(RequestPrivacy, IsTheHeaderElseTheDefaultNeverBelowTheFloorAndRestrictedInDoubt) {
  using enum PrivacyClass;
  struct Case {
    http::Headers headers;
    std::optional<PrivacyClass> default_class;
    PrivacyClass floor;
    PrivacyClass expected;
    std::string reason;
  };
  for (const Case& c : std::vector<Case>{
           {{}, {}, public_, restricted, "no_default"},
           {{}, public_, public_, public_, "default"},
           {{}, public_, internal, internal, "floor"},
           {{{"X-OOE-Privacy", "confidential"}}, public_, public_, confidential, "header"},
           {{{"x-ooe-privacy", "public"}}, confidential, public_, public_, "header"},
           {{{"x-ooe-privacy", "public"}}, public_, internal, internal, "floor"},
           {{{"x-ooe-privacy", "secret"}}, public_, public_, restricted, "unknown_header"},
           {{{"x-ooe-privacy", "Public"}}, public_, public_, restricted, "unknown_header"},
           {{{"x-ooe-privacy", "public, internal"}},
            public_,
            public_,
            restricted,
            "unknown_header"},
           {{{"x-ooe-privacy", ""}}, public_, public_, restricted, "unknown_header"},
           {{{"x-ooe-privacy", "public"}, {"X-Ooe-Privacy", "public"}},
            public_,
            public_,
            restricted,
            "header_twice"}}) {
    SCOPED_TRACE(c.headers.empty() ? "no header" : c.headers.front().value);
    const RequestPrivacy asked = asked_privacy(
        c.headers, {.default_class = c.default_class, .floor = c.floor, .detector = nullptr});
    EXPECT_EQ(asked.privacy, c.expected);
    EXPECT_THAT(asked.reasons, ElementsAre(c.reason));
  }
}

TEST(RequestPrivacy, IsRaisedByWhatTheDetectorFindsAndNeverLowered) {
  using enum PrivacyClass;
  privacy::Inspection found{.privacy = confidential, .reasons = {"email"}, .findings = {}};
  const RequestPrivacy raised_up = raised({public_, {"default"}}, found);
  EXPECT_EQ(raised_up.privacy, confidential);
  EXPECT_THAT(raised_up.reasons, ElementsAre("default", "email"));
  EXPECT_EQ(raised({restricted, {"header"}}, found).privacy, restricted);
}

TEST(RequestPrivacy, IsRestrictedWhenTheDetectorFails) {
  const RequestPrivacy failed =
      raised({PrivacyClass::public_, {"header"}}, fail(ErrorCode::internal, "the automaton burst"));
  EXPECT_EQ(failed.privacy, PrivacyClass::restricted);
  EXPECT_THAT(failed.reasons, ElementsAre("header", "detector_failed"));
}

TEST(RequestPrivacy, SeesEveryPartOfTheBody) {
  const PrivacyOptions options{
      .default_class = PrivacyClass::public_,
      .floor = PrivacyClass::public_,
      .detector = std::make_shared<const privacy::Detector>(*privacy::Detector::make({}))};
  struct Case {
    const char* what;
    std::string body;
    std::string reason;
  };
  for (const Case& c : std::vector<Case>{
           {"an early message",
            R"({"messages":[{"role":"user","content":"I am ann@x.example"},)"
            R"({"role":"user","content":"hi"}]})",
            "email"},
           {"an escaped one", R"({"messages":[{"role":"user","content":"ann\u0040x.example"}]})",
            "email"},
           {"a part",
            R"({"messages":[{"role":"user","content":[{"type":"text",)"
            R"("text":"call +1 415 555 0132"}]}]})",
            "phone"},
           {"the system's", R"({"messages":[{"role":"system","content":"host 10.1.2.3"}]})", "ip"},
           {"tool arguments",
            R"({"messages":[{"role":"assistant","tool_calls":[{"function":)"
            R"({"name":"f","arguments":"{\"last_name\":\"Brand\"}"}}]}]})",
            "field"},
           {"a tool's result", R"({"messages":[{"role":"tool","content":"{\"salary\": 58200}"}]})",
            "field"},
           {"a tool's description",
            R"({"tools":[{"function":{"description":)"
            R"("e.g. 4111 1111 1111 1111"}}]})",
            "card"},
           {"a number", R"({"metadata":{"card":4111111111111111}})", "card"},
           {"a name", R"({"metadata":{"ann@x.example":1}})", "email"},
           {"an unknown member", R"({"whatever":{"deep":[[["ann@x.example"]]]}})", "email"}}) {
    SCOPED_TRACE(c.what);
    const RequestPrivacy privacy = request_privacy({}, *body_text(c.body), options);
    EXPECT_GT(privacy.privacy, PrivacyClass::public_);
    EXPECT_THAT(privacy.reasons, ElementsAre("default", c.reason));
  }
  const std::string plain = *body_text(R"({"messages":[{"role":"user","content":"hello"}]})");
  EXPECT_EQ(request_privacy({}, plain, options).privacy, PrivacyClass::public_);
}

// In megabytes of base64 stands any short word by chance, and what follows it looks like a secret.
TEST(RequestPrivacy, FindsNoSecretsInImagesAndSound) {
  const PrivacyOptions options{
      .default_class = PrivacyClass::public_,
      .floor = PrivacyClass::public_,
      .detector = std::make_shared<const privacy::Detector>(*privacy::Detector::make({}))};
  const auto class_of = [&](const std::string& part) {
    return request_privacy({}, *body_text(R"({"messages":[{"content":[)" + part + "]}]}"), options)
        .privacy;
  };
  const std::string media = "iVBORw0KGgoAAAANSUhEUg4PSkBbr0Zx9QwLm5PwdE30rTt1Kk/8Vv2abcDEFG12";
  EXPECT_EQ(class_of(R"({"image_url":{"url":"data:image/png;base64,)" + media + R"("}})"),
            PrivacyClass::public_);
  std::string sound;
  while (sound.size() < 2'000) sound += media;
  EXPECT_EQ(class_of(R"({"input_audio":{"data":")" + sound + R"(","format":"wav"}})"),
            PrivacyClass::public_);
  EXPECT_EQ(class_of(R"({"input_audio":{"data":"DE89370400440532013000"}})"),
            PrivacyClass::restricted)
      << "a member that is only called so";
  EXPECT_GT(class_of(R"({"image_url":{"url":"data:image/png;base64,x ann@x.example"}})"),
            PrivacyClass::public_)
      << "that is no base64";
  EXPECT_GT(class_of(R"({"input_audio":{"data":"password: hunter2x"}})"), PrivacyClass::public_);
  EXPECT_GT(class_of(R"({"text":"data:image/png;base64,)" + media + R"("},"ann@x.example")"),
            PrivacyClass::public_);
}

TEST(BodyText, KeepsNamesBesideTheirValuesAndValuesApart) {
  const auto text = body_text(R"({"a":["x","y\n"],"b":{"c":-3,"d":0.5,"e":null}})");
  ASSERT_TRUE(text.has_value());
  EXPECT_EQ(*text,
            "{\n\"a\": [\n\"x\"\n\"y\n\"\n]\n\"b\": {\n\"c\": -3\n\"d\": 0.5\n\"e\": -\n}\n}\n");
  EXPECT_THAT(body_text("[1,").error().message, HasSubstr("not valid JSON"));
}

}  // namespace
}  // namespace ooe::gateway
