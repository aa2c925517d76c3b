#include "privacy/finding.h"

#include <algorithm>
#include <array>

namespace ooe::privacy {
namespace {

constexpr std::array<std::string_view, kFindingTypes> kNames{
    "email", "phone", "iban",   "card",        "us_id", "uk_id",
    "eu_id", "ip",    "secret", "private_key", "field"};

}  // namespace

std::string_view to_string(FindingType type) { return kNames[static_cast<std::size_t>(type)]; }

std::optional<FindingType> parse_finding_type(std::string_view word) {
  const auto at = std::ranges::find(kNames, word);
  if (at == kNames.end()) return std::nullopt;
  return static_cast<FindingType>(at - kNames.begin());
}

}  // namespace ooe::privacy
