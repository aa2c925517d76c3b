// Which privacy class a request has: the wall is built before anything is decided.
#pragma once

#include <optional>

#include "core/privacy.h"
#include "http/message.h"

namespace ooe::gateway {

struct PrivacyOptions {
  std::optional<PrivacyClass> default_class = std::nullopt;  // nothing configured: restricted
  PrivacyClass floor = PrivacyClass::public_;                // no header goes below it
};

// The class named by `x-ooe-privacy`, else the default; never below the floor. An unknown word, or
// the header given more than once, counts as restricted, and so does the absence of both header and
// default.
[[nodiscard]] PrivacyClass privacy_of(const http::Headers& headers, const PrivacyOptions& options);

}  // namespace ooe::gateway
