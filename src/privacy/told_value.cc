#include "privacy/told_value.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "privacy/byte_class.h"
#include "privacy/escapes.h"

namespace ooe::privacy {
namespace {

std::size_t skip(const Scan& scan, std::size_t at, char c, std::size_t count_max) {
  for (std::size_t i = 0; i < count_max && scan.at(at) == c; ++i) ++at;
  return at;
}

std::size_t skip_verb(const Scan& scan, std::size_t at) {
  constexpr std::array<std::string_view, 16> kVerbs{
      "is ", "is: ", "lautet ", "lautet: ", "ist ", "est ", "es ", "é ",
      "è ",  "är ",  "er ",     "jest ",    "to ",  "on ",  "-> ", "→ "};
  for (const std::string_view verb : kVerbs) {
    if (scan.starts_with(at, verb)) return at + verb.size();
  }
  return at;
}

bool is_quote(char c) { return c == '"' || c == '\'' || c == '`'; }

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20; }

// A typographic mark or a letter of a script without spaces. Signs that stand in passwords too, as
// those of currencies, begin with E2 82 and later.
bool is_foreign(const Scan& scan, std::size_t at) {
  const char c = scan.at(at);
  return is_wide_lead(c) && (c != '\xE2' || static_cast<unsigned char>(scan.at(at + 1)) < 0x82);
}

// The end of the text, a space, or what is one in other scripts.
bool is_break(const Scan& scan, std::size_t at) {
  return static_cast<unsigned char>(scan.at(at)) <= 0x20 || is_foreign(scan, at);
}

// `,name=`, `;Initial Catalog=`, `","name":`: another name and its sign, from `at` on.
bool is_name_and_sign(const Scan& scan, std::size_t at) {
  constexpr std::size_t kNameMax = 32;
  if (!is_letter(scan.at(at)) && scan.at(at) != '_') return false;
  const std::size_t limit = at + kNameMax;
  while (at < limit && is_in_name(scan.at(at))) ++at;
  if (scan.at(at) == '\\') ++at;
  if (is_quote(scan.at(at))) ++at;
  return scan.at(at) == '=' || scan.at(at) == ':';
}

// <b>, </b>, <br/>, <a href=
bool is_tag(const Scan& scan, std::size_t at) {
  constexpr std::size_t kNameMax = 24;
  ++at;
  if (scan.at(at) == '!') return scan.at(at + 1) == '-';
  if (scan.at(at) == '/') ++at;
  if (!is_letter(scan.at(at))) return false;
  const std::size_t limit = at + kNameMax;
  while (at < limit && (is_word(scan.at(at)) || scan.at(at) == '-')) ++at;
  if (scan.at(at) == ' ') return is_name_and_sign(scan, at + 1);
  return scan.at(at) == '>' || (scan.at(at) == '/' && scan.at(at + 1) == '>');
}

// Marks that may end a value without quotes, and may as well be part of it.
bool may_end(char c, bool tight) {
  return c == '"' || c == '\'' || c == ';' || c == ',' || c == ')' || c == '<' ||
         (tight && c == '&');
}

// Whether such a mark at `at` is of the text around the value. What else it is nobody can say for
// certain: "Summer12,Winter" goes on, "Summer12, and" does not.
bool ends_at_mark(const Scan& scan, std::size_t at) {
  constexpr std::size_t kMarksMax = 16;
  constexpr std::string_view kClosing = "\"'`,;)]}>.:&\\";
  constexpr std::string_view kBehindQuote = ",;:.)]}>\\+|&=?/#<";
  if (scan.at(at) == '<') return is_tag(scan, at);
  std::size_t next = at + 1;
  if (is_quote(scan.at(at))) {
    while (next < at + kMarksMax && is_quote(scan.at(next))) ++next;
    return is_break(scan, next) || kBehindQuote.find(scan.at(next)) != std::string_view::npos;
  }
  while (next < at + kMarksMax && !is_break(scan, next) &&
         kClosing.find(scan.at(next)) != std::string_view::npos) {
    ++next;
  }
  return is_break(scan, next) || (scan.at(at) != ')' && is_name_and_sign(scan, next));
}

// Whether a line ends at `at` in a text that is the inside of a string ("\n"), and it is the last or
// the next one begins with a name and its sign. A password may have a backslash, too.
bool ends_at_escape(const Scan& scan, std::size_t at) {
  constexpr std::size_t kEscapesMax = 4;
  if (scan.at(at) != '\\' || scan.before(at) == '\\') return false;  // each run is read once
  for (std::size_t i = 0; i < kEscapesMax && scan.at(at) == '\\'; ++i) {
    const std::size_t size = escape_size(scan.text, at);
    const char letter = size == 0 ? '\0' : scan.at(at + size - 1);
    if (letter == '"' && i > 0) return true;
    if (letter != 'n' && letter != 'r' && letter != 't') return false;
    at += size;
  }
  if (is_quote(scan.at(at))) return ends_at_mark(scan, at);
  return is_break(scan, at) || is_name_and_sign(scan, at);
}

std::size_t end_of_unquoted(const Scan& scan, const ToldValue& value, std::size_t limit) {
  std::size_t at = std::max(value.begin, value.end);  // no mark is in what is sure
  while (at < limit && !is_break(scan, at) &&
         !(may_end(scan.at(at), value.tight) && ends_at_mark(scan, at)) &&
         !ends_at_escape(scan, at)) {
    ++at;
  }
  while (at > value.begin && (scan.before(at) == '.' || scan.before(at) == ':')) --at;
  return at;
}

// r"...", f'...', rb"..." of Python and its kin. Returns where the quote stands; `at` for anything
// else.
std::size_t skip_string_prefix(const Scan& scan, std::size_t at) {
  constexpr std::string_view kPrefixes = "fFrRbBuU";
  for (std::size_t quote = at; quote <= at + 2; ++quote) {
    if (scan.at(quote) == '"' || scan.at(quote) == '\'') return quote;
    if (kPrefixes.find(scan.at(quote)) == std::string_view::npos) break;
  }
  return at;
}

// Backslashes escape: of a quote that is escaped itself (JSON in a string) those in the value have
// three or seven or so, and one that has none, or an even number, ends what is around it.
std::size_t end_of_quoted(const Scan& scan, const ToldValue& value, std::size_t limit) {
  limit = std::min(limit, scan.text.size());
  std::size_t at = std::max(value.begin, value.end);  // no mark is in what is sure
  while (at < limit) {
    if (const char c = scan.text[at]; c == '\n' || c == '\r') return at;
    const std::size_t first = at;
    while (scan.at(at) == '\\') ++at;
    const std::size_t slashes = at - first;
    if (scan.at(at) == value.quote) {
      const bool closes = slashes % 2 == 0 || (value.escaped && slashes % 4 == 1);
      // A word right behind it is none that the text goes on with: 'don't'.
      const char next = scan.at(at + 1);
      if (closes && !is_word(next) && (!is(next, kHigh) || is_foreign(scan, at + 1))) {
        return std::min(limit, slashes % 2 == 0 ? at : at - 1);
      }
      ++at;
    } else if (slashes == 0) {
      ++at;
    }
  }
  return limit;
}

}  // namespace

bool is_closed(const Scan& scan, const ToldValue& value, std::size_t end) {
  while (scan.at(end) == '\\') ++end;
  return scan.at(end) == value.quote;
}

ToldValue value_behind(const Scan& scan, std::size_t at) {
  // The rest of a name: password_staging, SECRET_KEY_BASE, passwordHash.
  const std::size_t name_limit = at + 32;
  const auto name_goes_on = [&] { return is_word(scan.at(at)) || scan.at(at) == '-'; };
  ToldValue value;
  if (!is(scan.before(at), kHigh)) {
    while (at < name_limit && name_goes_on()) ++at;
    if (at == name_limit && name_goes_on()) return value;  // a name so long announces nothing
  }
  const std::size_t name_end = at;
  if (scan.at(at) == '\\') ++at;
  if (is_quote(scan.at(at))) ++at;
  if (scan.at(at) == ']' || scan.at(at) == ')') ++at;
  at = skip(scan, at, ' ', 4);
  constexpr std::string_view kAttribute = "value=";
  if (scan.starts_with(at, kAttribute)) at += kAttribute.size() - 1;
  const std::size_t sign = at;
  while (at < sign + 3 && (scan.at(at) == ':' || scan.at(at) == '=' || scan.at(at) == '>')) ++at;
  value.tight = at > sign && scan.at(sign) == '=' && sign == name_end;
  value.told = at > sign;
  at = skip(scan, at, ' ', 4);
  if (!value.told) {
    const std::size_t verb = at;
    at = skip_verb(scan, at);
    value.told = at > verb;
  }
  if (value.told) {
    const std::size_t quote = skip_string_prefix(scan, at);
    value.formatted = quote > at && (lower(scan.at(at)) == 'f' || lower(scan.at(at + 1)) == 'f');
    at = quote;
  }
  const bool escaped = scan.at(at) == '\\';
  if (escaped) ++at;
  // Right behind the name's own quote, or the name itself, a quote closes something else.
  if (is_quote(scan.at(at)) && (value.told || scan.before(at) == ' ')) {
    value.quote = scan.at(at++);
    value.escaped = escaped;
  }
  value.begin = at;
  value.end = end_of_sure(scan, value, at + kJudgedMax);
  value.end_max = end_of_value(scan, value, at + kJudgedMax);
  value.closed = value.quoted() && is_closed(scan, value, value.end_max);
  // Words of other scripts in quotes are more often a sentence about passwords than one.
  for (std::size_t i = value.end; i < value.end_max; ++i) {
    if (is_foreign(scan, i)) value.end_max = i;
  }
  return value;
}

std::size_t end_of_sure(const Scan& scan, const ToldValue& value, std::size_t limit) {
  std::size_t at = value.begin;
  for (; at < limit && at < scan.text.size(); ++at) {
    const char c = scan.text[at];
    if (is_control(c) || c == '\\' || is_foreign(scan, at)) break;
    if (value.quoted() ? c == value.quote : is(c, kSpace) || may_end(c, value.tight)) break;
  }
  if (!value.quoted()) {
    while (at > value.begin && (scan.before(at) == '.' || scan.before(at) == ':')) --at;
  }
  return at;
}

std::size_t end_of_value(const Scan& scan, const ToldValue& value, std::size_t limit) {
  return value.quoted() ? end_of_quoted(scan, value, limit) : end_of_unquoted(scan, value, limit);
}

}  // namespace ooe::privacy
