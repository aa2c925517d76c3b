// Names of JSON members about people and accounts, in documents as they are and in those quoted
// inside a string (tool arguments), and in Python's dictionaries.
#include <algorithm>

#include "privacy/byte_class.h"
#include "privacy/scan.h"
#include "privacy/stand_in.h"
#include "privacy/told_value.h"

namespace ooe::privacy {
namespace {

constexpr std::size_t kFieldNameMax = 40;
constexpr std::size_t kSpacesMax = 16;

std::size_t skip_spaces(const Scan& scan, std::size_t at) {
  const std::size_t limit = at + kSpacesMax;
  while (at < limit && is(scan.at(at), kSpace)) ++at;
  return at;
}

// Returns the byte behind the quote at `at`, escaped or not; `at` when there is none.
std::size_t skip_quote(const Scan& scan, std::size_t at, char quote) {
  const std::size_t escaped = at + (scan.at(at) == '\\' ? 1 : 0);
  return scan.at(escaped) == quote ? escaped + 1 : at;
}

// A value that says something: a number, or a string that is neither empty, masked, nor the word
// that API descriptions put for any string; or a list that begins with one.
bool tells_something(const Scan& scan, std::size_t at, FieldKind kind) {
  if (scan.at(at) == '[') at = skip_spaces(scan, at + 1);
  if (is_digit(scan.at(at)) || (scan.at(at) == '-' && is_digit(scan.at(at + 1)))) return true;
  for (const char quote : {'"', '\''}) {
    const std::size_t begin = skip_quote(scan, at, quote);
    if (begin == at) continue;
    const ToldValue value{.begin = begin, .quote = quote, .escaped = scan.at(at) == '\\'};
    const std::size_t end = end_of_value(scan, value, begin + kJudgedMax);
    const std::string_view text = scan.text.substr(begin, end - begin);
    if (begin >= scan.text.size() || is_stand_in(text)) return false;
    if (kind == FieldKind::personal ? is_placeholder(text) : is_compound_variable(text)) {
      return false;
    }
    return !scan.starts_with(begin, "string") || is_word(scan.at(begin + 6));
  }
  return false;
}

}  // namespace

std::size_t scan_field(Scan& scan, std::size_t at) {
  const char quote = scan.at(at);
  const std::size_t limit = std::min(scan.text.size(), at + 1 + kFieldNameMax);
  std::size_t end = at + 1;
  while (end < limit && is_in_name(scan.text[end])) ++end;
  const std::size_t behind = skip_quote(scan, end, quote);
  if (behind == end || end == at + 1) return kNothing;
  const std::size_t colon = skip_spaces(scan, behind);
  if (scan.at(colon) != ':') return kNothing;
  // Most quotes are of values: only names are hashed.
  WordHash hash;
  for (const char c : scan.text.substr(at + 1, end - at - 1)) {
    if (is(c, kUpper | kLower | kDigit | kHigh)) hash.add(lower(c));
  }
  const FieldKind kind = field_kind(hash.value());
  if (kind == FieldKind::other) return kNothing;
  if (!tells_something(scan, skip_spaces(scan, colon + 1), kind)) return kNothing;
  scan.found(FindingType::field, at + 1, end);
  return at + 1;  // the name may announce what the value is
}

}  // namespace ooe::privacy
