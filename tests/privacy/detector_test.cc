#include "privacy/detector.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ooe::privacy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Detector detector_of(DetectorOptions options = {}) {
  auto made = Detector::make(std::move(options));
  EXPECT_TRUE(made.has_value()) << made.error().message;
  return std::move(*made);
}

TEST(Detector, RaisesToTheHighestClassAndSaysWhyButNotWhat) {
  using enum PrivacyClass;
  const Detector detector = detector_of();
  struct Case {
    std::string text;
    PrivacyClass privacy;
    std::vector<std::string> reasons;
  };
  for (const Case& c : std::vector<Case>{
           {"", public_, {}},
           {"Why is the sky blue?", public_, {}},
           {"ping 198.51.100.7", internal, {"ip"}},
           {"ask ann@x.example or bob@x.example", confidential, {"email"}},
           {"ann@x.example logged in from 198.51.100.7", confidential, {"email", "ip"}},
           {"pay 4111 1111 1111 1111, cc ann@x.example", restricted, {"email", "card"}}}) {
    const auto inspection = detector.inspect(c.text);
    ASSERT_TRUE(inspection.has_value());
    EXPECT_EQ(inspection->privacy, c.privacy) << c.text;
    EXPECT_EQ(inspection->reasons, c.reasons) << c.text;
  }
}

TEST(Detector, AKindSetToPublicIsOff) {
  DetectorOptions options;
  options.classes[static_cast<std::size_t>(FindingType::email)] = PrivacyClass::public_;
  const auto inspection = detector_of(options).inspect("ann@x.example, 198.51.100.7");
  ASSERT_TRUE(inspection.has_value());
  EXPECT_EQ(inspection->privacy, PrivacyClass::internal);
  EXPECT_THAT(inspection->reasons, ElementsAre("ip"));
  EXPECT_EQ(inspection->findings.size(), 1U);
}

TEST(Detector, UsersRulesRaiseTooAndGoByTheirNames) {
  DetectorOptions options;
  options.rules = {{"falcon", "(?i)project[ -]falcon", PrivacyClass::restricted},
                   {"ticket", R"(\bOPS-\d{4}\b)", PrivacyClass::internal},
                   {"latin", "caf\\x{e9}", PrivacyClass::internal}};
  const Detector detector = detector_of(options);
  EXPECT_THAT(detector.inspect("the OPS-4412 of Project Falcon, ann@x.example")->reasons,
              ElementsAre("email", "falcon", "ticket"));
  EXPECT_EQ(detector.inspect("see OPS-4412")->privacy, PrivacyClass::internal);
  EXPECT_THAT(detector.inspect("OPS-44123, falcon")->reasons, IsEmpty());
  EXPECT_THAT(detector.inspect("un café")->reasons, ElementsAre("latin"));
  // In JSON that stands in a string.
  EXPECT_THAT(detector.inspect(R"({"text": "see\nOPS-4412, un caf\u00e9"})")->reasons,
              ElementsAre("ticket", "latin"));
  EXPECT_THAT(detector.inspect(R"(OPS-4412\n and OPS-4412)")->reasons, ElementsAre("ticket"));
}

TEST(Detector, RefusesRulesThatCannotWork) {
  const auto error = [](std::vector<Rule> rules) {
    const auto made = Detector::make({.rules = std::move(rules)});
    return made ? std::string() : made.error().message;
  };
  EXPECT_THAT(error({{"open", "(", PrivacyClass::internal}}), HasSubstr("'open': '('"));
  EXPECT_THAT(error({{"look", "(?=a)", PrivacyClass::internal}}), HasSubstr("'look'"));
  EXPECT_THAT(error({{"", "a", PrivacyClass::internal}}), HasSubstr("no name"));
  EXPECT_THAT(error({{"email", "a", PrivacyClass::internal}}), HasSubstr("'email'"));
  EXPECT_THAT(error({{"x", "a", PrivacyClass::internal}, {"x", "b", PrivacyClass::internal}}),
              HasSubstr("'x'"));
}

TEST(Detector, RefusesRulesThatNeedMoreMemoryThanTheyMayUse) {
  DetectorOptions options;
  options.rules = {{"long", "(abc){400}", PrivacyClass::internal}};
  EXPECT_TRUE(Detector::make(options).has_value());
  options.rule_memory_max = 2'000;
  const auto refused = Detector::make(options);
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message, HasSubstr("2000 bytes"));
}

}  // namespace
}  // namespace ooe::privacy
