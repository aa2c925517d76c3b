// E-mail addresses, found from their '@' outwards.
#include <algorithm>
#include <array>

#include "privacy/byte_class.h"
#include "privacy/scan.h"

namespace ooe::privacy {
namespace {

// RFC 5321 limits, in bytes.
constexpr std::size_t kLocalMax = 64;
constexpr std::size_t kDomainMax = 255;

// What looks like a domain but is a file: images for dense screens ("logo@2x.png").
constexpr std::array<std::string_view, 14> kFileEndings{"png",  "jpg",  "jpeg", "gif", "svg",
                                                        "webp", "avif", "ico",  "css", "js",
                                                        "html", "json", "pdf",  "aar"};

constexpr std::array<bool, 256> kLocal = [] {
  std::array<bool, 256> local{};
  for (std::size_t c = 0; c < 256; ++c) local[c] = is_alnum(static_cast<char>(c));
  for (const char mark : std::string_view("._%+-'!#$&*?^`{|}~")) {
    local[static_cast<unsigned char>(mark)] = true;
  }
  return local;
}();

// Not the second byte of a sign either: the first one has ended the domain.
bool is_high_letter(char c) { return is(c, kHigh) && !is_wide_lead(c) && !is_sign_lead(c); }

bool is_local(char c) { return kLocal[static_cast<unsigned char>(c)]; }

// Length of the character that ends before `at`, when it is a letter of two bytes; else 0.
std::size_t high_letter_before(const Scan& scan, std::size_t at) {
  const char lead = scan.before(at, 2);
  return is(scan.before(at), kHigh) && !is_sign_lead(lead) &&
                 (static_cast<unsigned char>(lead) & 0xE0U) == 0xC0U
             ? 2
             : 0;
}

// Whether two digits of hexadecimal say a mark of ASCII.
bool is_mark_in_hex(const Scan& scan, std::size_t at) {
  const int high = hex_digit(scan.at(at));
  const int low = hex_digit(scan.at(at + 1));
  return high >= 0 && high < 8 && low >= 0 && !is_alnum(static_cast<char>(16 * high + low));
}

std::size_t begin_of_local(const Scan& scan, std::size_t at) {
  std::size_t begin = at;
  while (begin > 0 && at - begin < kLocalMax) {
    if (is_local(scan.before(begin))) {
      --begin;
    } else if (const std::size_t length = high_letter_before(scan, begin)) {
      begin -= length;
    } else {
      break;
    }
  }
  // Quotation marks, brackets and the like stand around addresses, not at their beginning.
  const auto skip_marks = [&] {
    while (begin < at && !is(scan.at(begin), kUpper | kLower | kDigit | kHigh)) ++begin;
  };
  skip_marks();
  // So do those that a URL writes as "%22"; "%C3%A9" is a letter.
  while (at - begin >= 2 && scan.before(begin) == '%' && is_mark_in_hex(scan, begin)) {
    begin += 2;
    skip_marks();
  }
  return begin;
}

// Returns where the domain may begin behind the '@' at `at`, written as "%40" or not.
std::size_t behind_at_sign(const Scan& scan, std::size_t at) {
  return scan.at(at) == '%' ? at + 3 : at + 1;
}

}  // namespace

std::size_t scan_email(Scan& scan, std::size_t at) {
  const std::size_t begin = begin_of_local(scan, at);
  if (begin == at || scan.before(at) == '.') return kNothing;
  if (scan.before(begin) == '/' && scan.before(begin, 2) == '/') return kNothing;  // a URL's user
  std::size_t end = behind_at_sign(scan, at);
  std::size_t label = end;  // where the current label begins
  std::size_t dots = 0;
  while (end - at <= kDomainMax) {
    const char c = scan.at(end);
    if (c == '.' && end > label &&
        (is_alnum(scan.at(end + 1)) || is_high_letter(scan.at(end + 1)))) {
      ++dots;
      label = ++end;
    } else if (is_alnum(c) || c == '-' || is_high_letter(c)) {
      ++end;
    } else {
      break;
    }
  }
  while (end > label && scan.before(end) == '-') --end;
  const std::string_view top = scan.text.substr(label, end - label);
  const auto no_letter = [](char c) { return is_digit(c) || c == '-'; };
  if (dots == 0 || top.size() < 2 || std::ranges::any_of(top, no_letter)) return kNothing;
  if (std::ranges::find(kFileEndings, top) != kFileEndings.end()) return kNothing;
  // git@host:path and git@host/path name a repository.
  const bool path_follows = scan.at(end) == ':' || scan.at(end) == '/';
  if (path_follows && scan.text.substr(begin, at - begin) == "git") return kNothing;
  return scan.found(FindingType::email, begin, end);
}

}  // namespace ooe::privacy
