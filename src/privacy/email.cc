// E-mail addresses, found from their '@' outwards.
#include <algorithm>
#include <array>

#include "privacy/bytes.h"
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

bool is_local(char c) { return kLocal[static_cast<unsigned char>(c)]; }

// Length of the character that ends before `at`, when it is a letter of two bytes; else 0.
std::size_t high_letter_before(const Scan& scan, std::size_t at) {
  return is(scan.before(at), kHigh) &&
                 (static_cast<unsigned char>(scan.before(at, 2)) & 0xE0U) == 0xC0U
             ? 2
             : 0;
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
  while (begin < at && !is(scan.at(begin), kUpper | kLower | kDigit | kHigh)) ++begin;
  return begin;
}

}  // namespace

std::size_t scan_email(Scan& scan, std::size_t at) {
  const std::size_t begin = begin_of_local(scan, at);
  if (begin == at || scan.before(at) == '.') return kNothing;
  if (scan.before(begin) == '/' && scan.before(begin, 2) == '/') return kNothing;  // a URL's user
  std::size_t end = at + 1;
  std::size_t label = end;  // where the current label begins
  std::size_t dots = 0;
  while (end - at <= kDomainMax) {
    const char c = scan.at(end);
    if (c == '.' && end > label && (is_alnum(scan.at(end + 1)) || is(scan.at(end + 1), kHigh))) {
      ++dots;
      label = ++end;
    } else if (is_alnum(c) || c == '-' || (is(c, kHigh) && !is_wide_lead(c))) {
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
