// What the detector can find in a text, and where it found it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ooe::privacy {

enum class FindingType : std::uint8_t {
  email,
  phone,
  iban,
  card,         // payment card
  us_id,        // SSN, ITIN
  uk_id,        // National Insurance number, NHS number
  eu_id,        // personal number of a member state
  ip,           // IPv4 or IPv6 address
  secret,       // password, token, API key
  private_key,  // PEM, OpenSSH, PGP, PuTTY, age
  field,        // name of a JSON member about a person or an account
};
inline constexpr std::size_t kFindingTypes = 11;

[[nodiscard]] std::string_view to_string(FindingType type);
// Returns nothing for an unknown word.
[[nodiscard]] std::optional<FindingType> parse_finding_type(std::string_view word);

// Bytes [begin, end) of the text.
struct Finding {
  FindingType type = FindingType::email;
  std::size_t begin = 0;
  std::size_t end = 0;
};

}  // namespace ooe::privacy
