#include "gateway/request_privacy.h"

#include <algorithm>
#include <string_view>

namespace ooe::gateway {
namespace {

constexpr std::string_view kPrivacyHeader = "x-ooe-privacy";

PrivacyClass asked_for(const http::Headers& headers, const PrivacyOptions& options) {
  switch (http::count_headers(headers, kPrivacyHeader)) {
    case 0:
      return options.default_class.value_or(PrivacyClass::restricted);
    case 1:
      return parse_privacy_class(http::find_header(headers, kPrivacyHeader))
          .value_or(PrivacyClass::restricted);
    default:
      return PrivacyClass::restricted;  // two answers to one question: believe neither
  }
}

}  // namespace

PrivacyClass privacy_of(const http::Headers& headers, const PrivacyOptions& options) {
  return std::max(asked_for(headers, options), options.floor);
}

}  // namespace ooe::gateway
