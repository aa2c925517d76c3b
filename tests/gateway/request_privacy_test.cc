#include "gateway/request_privacy.h"

#include <gtest/gtest.h>

namespace ooe::gateway {
namespace {

TEST(RequestPrivacy, IsTheHeaderElseTheDefaultNeverBelowTheFloorAndRestrictedInDoubt) {
  using enum PrivacyClass;
  struct Case {
    http::Headers headers;
    PrivacyOptions options;
    PrivacyClass expected;
  };
  const PrivacyOptions open{.default_class = public_};
  const PrivacyOptions floored{.default_class = public_, .floor = internal};
  for (const Case& c : std::vector<Case>{
           {{}, {}, restricted},
           {{}, open, public_},
           {{}, floored, internal},
           {{{"X-OOE-Privacy", "confidential"}}, open, confidential},
           {{{"x-ooe-privacy", "public"}}, {.default_class = confidential}, public_},
           {{{"x-ooe-privacy", "public"}}, floored, internal},
           {{{"x-ooe-privacy", "secret"}}, open, restricted},
           {{{"x-ooe-privacy", ""}}, open, restricted},
           {{{"x-ooe-privacy", "public"}, {"X-Ooe-Privacy", "public"}}, open, restricted}}) {
    EXPECT_EQ(privacy_of(c.headers, c.options), c.expected)
        << (c.headers.empty() ? "no header" : c.headers.front().value);
  }
}

}  // namespace
}  // namespace ooe::gateway
