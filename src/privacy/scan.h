// The built-in detector: one pass over a text, handing the few bytes that can begin something
// (candidates.h) to a small scanner of their own. Every scanner looks at a bounded neighbourhood or
// moves the pass on, so time is linear whatever the text.
//
// A number rarely says what it is, but the word before it does ("SSN", "Tel."): words with such a
// meaning leave a hint, valid for the next few bytes.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <string_view>
#include <vector>

#include "privacy/finding.h"
#include "privacy/vocabulary.h"

namespace ooe::privacy {

// Returns what was found, in the order of the text. Findings may overlap: a JSON member's name is
// reported beside its value. Any bytes will do; what is not UTF-8 is not found in, nothing more.
[[nodiscard]] std::vector<Finding> find_personal_data(std::string_view text);
// The same of the bytes as they are: what looks like an escape is none.
[[nodiscard]] std::vector<Finding> find_as_written(std::string_view text);

struct TokenRun {
  std::size_t end = 0;
  bool digit = false;
  bool letter = false;
};

// What the scanners below share; private to this room.
struct Scan {
  std::string_view text;
  std::vector<Finding> findings = {};
  std::array<std::size_t, kHints> hint_end{};  // one past the last word that gave the hint; 0: none
  std::size_t number_hint_end = 0;             // of those that say what a number is
  TokenRun token_run = {};                     // the last one read

  // 0 outside the text.
  [[nodiscard]] char at(std::size_t i) const { return i < text.size() ? text[i] : '\0'; }
  [[nodiscard]] char before(std::size_t i, std::size_t distance = 1) const {
    return i >= distance ? text[i - distance] : '\0';
  }
  [[nodiscard]] bool hinted(Hint hint, std::size_t at, std::size_t within = 48) const {
    const std::size_t end = hint_end[static_cast<std::size_t>(hint)];
    return end != 0 && at >= end && at - end <= within;
  }
  void remember(Hint hint, std::size_t end) {
    hint_end[static_cast<std::size_t>(hint)] = end;
    if (hint < Hint::authorization) number_hint_end = end;
  }
  void forget(Hint hint) { hint_end[static_cast<std::size_t>(hint)] = 0; }
  [[nodiscard]] bool starts_with(std::size_t at, std::string_view word) const {
    return at <= text.size() && text.substr(at).starts_with(word);
  }
  // Returns `end`, where the pass goes on. Nearly always the last so far: only an address is found
  // at its '@', when a number in it may have been found already, and an AWS secret from its id.
  std::size_t found(FindingType type, std::size_t begin, std::size_t end) {
    auto place = findings.end();
    while (place != findings.begin() && (place - 1)->begin > begin) --place;
    if (place != findings.begin() && (place - 1)->begin == begin && (place - 1)->type == type) {
      (place - 1)->end = std::max((place - 1)->end, end);
      return end;
    }
    findings.insert(place, {type, begin, end});
    return end;
  }
};

inline constexpr std::size_t kNothing = std::numeric_limits<std::size_t>::max();

// An issued secret begins with at least so many bytes that are neither space nor control character:
// the pass does not look for one where there are fewer.
inline constexpr unsigned kIssuedBytesMin = 20;

// Hands byte `at` to its scanner, if it has one. Returns where to go on, or kNothing: at the next
// byte.
std::size_t scan_start(Scan& scan, std::size_t at);

// Each looks at what may begin, or stand around, byte `at`, records it, and returns where to go on,
// or kNothing.
std::size_t scan_email(Scan& scan, std::size_t at);            // at '@', or the '%' of "%40"
std::size_t scan_number(Scan& scan, std::size_t at);           // at the first digit of a group
std::size_t scan_phone_sign(Scan& scan, std::size_t at);       // at '+' or '('
std::size_t scan_ipv6(Scan& scan, std::size_t at);             // at its first hexadecimal digit
std::size_t scan_id_with_letters(Scan& scan, std::size_t at);  // at the first letter of a word
std::size_t scan_iban(Scan& scan, std::size_t at);             // the same
std::size_t scan_issued_secret(Scan& scan, std::size_t at);    // the same
std::size_t scan_key_block(Scan& scan, std::size_t at);        // at '-', or at the first letter
std::size_t scan_url_password(Scan& scan, std::size_t at);     // at the ':' of "://"
std::size_t scan_field(Scan& scan, std::size_t at);            // at a quote
// Behind a word that announces a secret; `word` is its first byte.
std::size_t scan_told_secret(Scan& scan, std::size_t word, std::size_t end, Hint announced);

}  // namespace ooe::privacy
