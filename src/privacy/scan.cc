#include "privacy/scan.h"

#include <array>
#include <optional>
#include <utility>

#include "privacy/byte_class.h"
#include "privacy/candidates.h"
#include "privacy/escapes.h"

namespace ooe::privacy {
namespace {

enum class Start : unsigned char {
  nothing,
  word,
  digit,
  at_sign,
  percent,
  colon,
  dash,
  quote,
  phone_sign
};

constexpr std::array<Start, 256> start_table() {
  std::array<Start, 256> table{};
  for (std::size_t c = 0; c < 256; ++c) {
    const char byte = static_cast<char>(c);
    if (is(byte, kUpper | kLower | kHigh)) table[c] = Start::word;
    if (is_digit(byte)) table[c] = Start::digit;
  }
  table['@'] = Start::at_sign;
  table['%'] = Start::percent;
  table[':'] = Start::colon;
  table['-'] = Start::dash;
  table['"'] = Start::quote;
  table['\''] = Start::quote;
  table['+'] = Start::phone_sign;
  table['('] = Start::phone_sign;
  return table;
}
constexpr std::array<Start, 256> kStarts = start_table();
static_assert([] {
  for (std::size_t c = 0; c < 256; ++c) {
    if ((kStarts[c] != Start::nothing) != can_start(static_cast<char>(c))) return false;
  }
  return true;
}());

bool announces_secret(Hint hint) {
  return hint == Hint::password || hint == Hint::pass || hint == Hint::signature ||
         hint == Hint::token || hint == Hint::bearer || hint == Hint::basic;
}

// Scripts without spaces: the meaning is in any two neighbouring characters of a run.
std::size_t scan_high_run(Scan& scan, std::size_t at) {
  std::size_t end = at;
  std::optional<Hint> last;
  while (is(scan.at(end), kHigh)) {
    if (is_wide_lead(scan.at(end)) && end + 6 <= scan.text.size()) {
      if (const auto hint = hint_of_pair(scan.text.substr(end, 6))) {
        last = hint;
        scan.remember(*hint, end + 6);
      }
    }
    ++end;
  }
  if (last != Hint::password) return end;
  const std::size_t next = scan_told_secret(scan, at, end, Hint::password);
  return next == kNothing ? end : next;
}

// A word, or one of the words that a name in camel case is made of.
std::size_t scan_word(Scan& scan, std::size_t at) {
  const char first = scan.text[at];
  if (is_wide_lead(first)) return scan_high_run(scan, at);
  if (is_sign_lead(first)) return is(scan.at(at + 1), kHigh) ? at + 2 : at + 1;
  const char ahead = scan.before(at);
  const bool inside = is_word(ahead);
  // Behind "iban_" or "für" an IBAN is one all the same: its check digits say so.
  if (inside && is(first, kUpper) && is_digit(scan.at(at + 2))) {
    if (const std::size_t next = scan_iban(scan, at); next != kNothing) return next;
  }
  if ((!inside || ahead == '_') && !is(first, kHigh)) {
    for (const auto scanner : {scan_id_with_letters, scan_issued_secret}) {
      if (const std::size_t next = scanner(scan, at); next != kNothing) return next;
    }
    if (first == 'P' || first == 'A') {
      if (const std::size_t next = scan_key_block(scan, at); next != kNothing) return next;
    }
    if (lower(first) == 'f') {
      if (const std::size_t next = scan_ipv6(scan, at); next != kNothing) return next;
    }
  }
  WordHash hash;
  std::size_t end = at;
  bool was_lower = false;
  for (; end < scan.text.size(); ++end) {
    const char c = scan.text[end];
    const unsigned bits = kByteClasses[static_cast<unsigned char>(c)];
    if ((bits & kLower) != 0) {
      hash.add(c);
      was_lower = true;
    } else if ((bits & kUpper) != 0 && !was_lower) {
      hash.add(lower(c));
    } else if ((bits & kHigh) != 0 && !is_wide_lead(c) && !is_sign_lead(c)) {
      hash.add(c);
      was_lower = false;
    } else {
      break;
    }
  }
  if (end - at < 2) return end;  // no word of the vocabulary
  const auto hint = hint_of(hash.value());
  if (!hint) return end;
  // "api key", "apiKey", "API_KEY": the two words stand at most one byte apart.
  const bool secret_key = *hint == Hint::key && scan.hinted(Hint::key_owner, at, 1);
  if (announces_secret(*hint) || secret_key) {
    if (const std::size_t next = scan_told_secret(scan, at, end, *hint); next != kNothing) {
      return next;
    }
  }
  scan.remember(*hint, end);
  return end;
}

// Inlined into the pass: where every byte may begin something, the call would be a tenth of it.
[[gnu::always_inline]] inline std::size_t hand_on(Scan& scan, std::size_t at) {
  switch (kStarts[static_cast<unsigned char>(scan.text[at])]) {
    case Start::word:
      return scan_word(scan, at);
    case Start::digit:
      return scan_number(scan, at);
    case Start::at_sign:
      return scan_email(scan, at);
    case Start::percent:
      return scan.at(at + 1) == '4' && scan.at(at + 2) == '0' ? scan_email(scan, at) : kNothing;
    case Start::colon:
      return scan.at(at + 1) == '/' ? scan_url_password(scan, at) : kNothing;
    case Start::dash:
      return scan.at(at + 5) == 'B' ? scan_key_block(scan, at) : kNothing;  // "-----BEGIN"
    case Start::quote:
      return scan_field(scan, at);
    case Start::phone_sign:
      return scan_phone_sign(scan, at);
    case Start::nothing:
      break;
  }
  return kNothing;
}

}  // namespace

std::size_t scan_start(Scan& scan, std::size_t at) { return hand_on(scan, at); }

std::vector<Finding> find_as_written(std::string_view text) {
  Scan scan{.text = text};
  Candidates candidates(text);
  for (std::size_t at = candidates.next(0); at < text.size(); at = candidates.next(at)) {
    const std::size_t next = hand_on(scan, at);
    at = next == kNothing ? at + 1 : next;
  }
  return std::move(scan.findings);
}

std::vector<Finding> find_personal_data(std::string_view text) {
  return find_behind_escapes(text, find_as_written);
}

}  // namespace ooe::privacy
