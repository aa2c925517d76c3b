#include "core/privacy.h"

namespace ooe {

std::string_view to_string(PrivacyClass privacy) {
  switch (privacy) {
    case PrivacyClass::public_:
      return "public";
    case PrivacyClass::internal:
      return "internal";
    case PrivacyClass::confidential:
      return "confidential";
    case PrivacyClass::restricted:
      return "restricted";
  }
  return "restricted";
}

std::optional<PrivacyClass> parse_privacy_class(std::string_view word) {
  for (const PrivacyClass privacy : {PrivacyClass::public_, PrivacyClass::internal,
                                     PrivacyClass::confidential, PrivacyClass::restricted}) {
    if (word == to_string(privacy)) return privacy;
  }
  return std::nullopt;
}

}  // namespace ooe
