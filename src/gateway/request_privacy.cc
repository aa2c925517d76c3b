#include "gateway/request_privacy.h"

#include <algorithm>
#include <utility>

namespace ooe::gateway {
namespace {

constexpr std::string_view kPrivacyHeader = "x-ooe-privacy";

RequestPrivacy stated(const http::Headers& headers, const PrivacyOptions& options) {
  switch (http::count_headers(headers, kPrivacyHeader)) {
    case 0:
      if (options.default_class) return {*options.default_class, {"default"}};
      return {PrivacyClass::restricted, {"no_default"}};
    case 1:
      if (const auto word = parse_privacy_class(http::find_header(headers, kPrivacyHeader))) {
        return {*word, {"header"}};
      }
      return {PrivacyClass::restricted, {"unknown_header"}};
    default:  // two answers to one question: believe neither
      return {PrivacyClass::restricted, {"header_twice"}};
  }
}

}  // namespace

RequestPrivacy asked_privacy(const http::Headers& headers, const PrivacyOptions& options) {
  RequestPrivacy asked = stated(headers, options);
  if (options.floor > asked.privacy) asked = {options.floor, {"floor"}};
  asked.said = asked.privacy;
  return asked;
}

RequestPrivacy raised(RequestPrivacy asked, const Result<privacy::Inspection>& inspection) {
  if (!inspection) {
    asked.privacy = PrivacyClass::restricted;
    asked.reasons.emplace_back("detector_failed");
    return asked;
  }
  asked.privacy = std::max(asked.privacy, inspection->privacy);
  asked.reasons.insert(asked.reasons.end(), inspection->reasons.begin(), inspection->reasons.end());
  return asked;
}

RequestPrivacy request_privacy(const http::Headers& headers, std::string_view said,
                               const PrivacyOptions& options) {
  RequestPrivacy asked = asked_privacy(headers, options);
  if (!options.detector || asked.privacy == PrivacyClass::restricted) return asked;
  return raised(std::move(asked), options.detector->inspect(said));
}

}  // namespace ooe::gateway
