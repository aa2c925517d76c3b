// Words that say what stands next to them, in the languages of the European Union and a few more,
// and the names of JSON members that say what their values are. Looked up by a hash that the pass
// computes while it reads a word.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ooe::privacy {

enum class Hint : std::uint8_t {
  phone,
  version,  // the dotted number that follows is no address
  ip,
  us_id,
  nhs,
  german_tax,
  croatian,
  dutch,
  polish,
  belgian,
  danish,
  portuguese,
  austrian,
  irish,
  romanian,
  greek,
  baltic,
  bulgarian,
  authorization,
  key_owner,  // "api", "access": makes the "key" that follows a secret
  key,        // says little alone
  token,      // a long random value follows
  password,   // even a short one
  pass,       // the same, when nothing else is called so: "pass: 3 of 4"
  signature,  // of a URL, in its query
  bearer,     // a space, then the token
  basic,      // the same, behind "authorization"
  kHintCount,
};
inline constexpr std::size_t kHints = static_cast<std::size_t>(Hint::kHintCount);

// FNV-1a over bytes with ASCII letters in lower case.
class WordHash {
 public:
  constexpr void add(char lower_case) {
    value_ = (value_ ^ static_cast<unsigned char>(lower_case)) * 1'099'511'628'211U;
  }
  [[nodiscard]] constexpr std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 14'695'981'039'346'656'037U;
};

// Returns the hint that a word gives, by the hash of its bytes. Case is ASCII's only: words in
// other alphabets are listed as they are written inside and at the beginning of a sentence.
[[nodiscard]] std::optional<Hint> hint_of(std::uint64_t word_hash);

// Most words of a text are like no word that gives a hint, and need not be hashed. Only words of
// ASCII letters count in what follows, of either case.
struct Beginnings {
  // By a word's first two letters: which third letters (bit letter & 31) and which lengths those
  // words have that give a hint. Any third letter stands behind a word of two.
  std::array<std::uint32_t, 1024> thirds{};
  std::array<std::uint32_t, 1024> lengths{};

  static constexpr std::size_t pair(char first, char second) {
    return (static_cast<unsigned char>(first) & 31U) << 5 |
           (static_cast<unsigned char>(second) & 31U);
  }
};
extern const Beginnings kBeginnings;
// Also of the IPv6 addresses that begin with a letter: fc, fd, fe.
[[nodiscard]] inline bool is_known_beginning(char first, char second, char third) {
  return (kBeginnings.thirds[Beginnings::pair(first, second)] >> (third & 31) & 1U) != 0;
}
[[nodiscard]] inline bool is_known_length(char first, char second, std::size_t length) {
  return length < 32 && (kBeginnings.lengths[Beginnings::pair(first, second)] >> length & 1U) != 0;
}

// The same as hint_of for two characters of a script without spaces, 6 bytes.
[[nodiscard]] std::optional<Hint> hint_of_pair(std::string_view six_bytes);

// Of a JSON member's name, hashed without '_', '-', '.' and ' ': whether it is about a person or an
// account, or says that its value is a password or the like.
enum class FieldKind : std::uint8_t { other, personal, credential };
[[nodiscard]] FieldKind field_kind(std::uint64_t name_hash);

}  // namespace ooe::privacy
