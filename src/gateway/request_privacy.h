// Which privacy class a request has: the wall is built before anything is decided.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/privacy.h"
#include "http/message.h"
#include "privacy/detector.h"

namespace ooe::gateway {

struct PrivacyOptions {
  std::optional<PrivacyClass> default_class = std::nullopt;     // nothing configured: restricted
  PrivacyClass floor = PrivacyClass::public_;                   // no header goes below it
  std::shared_ptr<const privacy::Detector> detector = nullptr;  // null: nobody looks
};

// A class and why, for the receipt: what the client or the configuration said ("header", "default",
// "floor", ...), then the kinds of things that the detector found. Never a word of the request.
struct RequestPrivacy {
  PrivacyClass privacy = PrivacyClass::restricted;
  std::vector<std::string> reasons;
  PrivacyClass said = PrivacyClass::restricted;  // before the detector looked
};

// The class named by `x-ooe-privacy`, else the default; never below the floor. An unknown word, or
// the header given more than once, counts as restricted, and so does the absence of both header and
// default.
[[nodiscard]] RequestPrivacy asked_privacy(const http::Headers& headers,
                                           const PrivacyOptions& options);

// Raises `asked` to what an inspection found, and keeps in `said` what it was. One that failed
// found everything: restricted, for the reason "detector_failed".
[[nodiscard]] RequestPrivacy raised(RequestPrivacy asked,
                                    const Result<privacy::Inspection>& inspection);

// Both, with the detector looking at all that the body said (body_text.h). What is already
// restricted is not inspected: it cannot be raised.
[[nodiscard]] RequestPrivacy request_privacy(const http::Headers& headers, std::string_view said,
                                             const PrivacyOptions& options);

}  // namespace ooe::gateway
