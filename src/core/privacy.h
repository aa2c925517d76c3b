// How private a query is, and how private a query an expert may see. An unknown or missing class
// counts as the most private one: the wall fails closed.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace ooe {

// In rising order: comparisons mean "more private than".
enum class PrivacyClass { public_, internal, confidential, restricted };
inline constexpr std::size_t kPrivacyClasses = 4;

[[nodiscard]] std::string_view to_string(PrivacyClass privacy);

// Returns nothing for an unknown word; who asks decides whether that is an error (config) or
// `restricted` (requests).
[[nodiscard]] std::optional<PrivacyClass> parse_privacy_class(std::string_view word);

}  // namespace ooe
