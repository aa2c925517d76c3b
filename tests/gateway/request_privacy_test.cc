#include "gateway/request_privacy.h"

#include <gtest/gtest.h>

namespace ooe::gateway {
namespace {

using enum PrivacyClass;

TEST(RequestPrivacy, IsTheHeaderElseTheDefaultNeverBelowTheFloor) {
  struct Case {
    http::Headers headers;
    PrivacyOptions options;
    PrivacyClass expected;
  };
  const Case cases[] = {
      {{}, {}, restricted},
      {{}, {.default_class = public_}, public_},
      {{}, {.default_class = public_, .floor = internal}, internal},
      {{{"x-ooe-privacy", "public"}}, {.default_class = confidential}, public_},
      {{{"X-OOE-Privacy", "internal"}}, {}, internal},
      {{{"x-ooe-privacy", "public"}}, {.floor = confidential}, confidential},
      {{{"x-ooe-privacy", "Public"}}, {.default_class = public_}, restricted},
      {{{"x-ooe-privacy", ""}}, {.default_class = public_}, restricted},
      {{{"x-ooe-privacy", "public, public"}}, {.default_class = public_}, restricted},
      {{{"x-ooe-privacy", "public"}, {"X-Ooe-Privacy", "public"}},
       {.default_class = public_},
       restricted},
  };
  for (const auto& [headers, options, expected] : cases) {
    SCOPED_TRACE(headers.empty() ? "no header" : headers.front().value);
    EXPECT_EQ(privacy_of(headers, options), expected);
  }
}

}  // namespace
}  // namespace ooe::gateway
