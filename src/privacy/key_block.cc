// Private keys in the forms they are stored in. Certificates and public keys have other names on
// their first lines.
#include <algorithm>

#include "privacy/byte_class.h"
#include "privacy/scan.h"

namespace ooe::privacy {
namespace {

constexpr std::string_view kDashes = "-----";
constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::size_t kBlockNameMax = 40;  // "ENCRYPTED PRIVATE KEY", "PGP PRIVATE KEY BLOCK"

std::size_t end_of_line(const Scan& scan, std::size_t at) {
  const std::size_t end = scan.text.find('\n', at);
  return end == std::string_view::npos ? scan.text.size() : end;
}

// Returns the byte behind what is written for a line break, an escaped slash or the like at `at`,
// in a text that is the inside of a string, or of one in another; `at` when there is nothing of it.
std::size_t skip_escape(const Scan& scan, std::size_t at) {
  constexpr std::size_t kSlashesMax = 8;
  std::size_t end = at;
  while (end < at + kSlashesMax && scan.at(end) == '\\') ++end;
  if (end == at) return at;
  switch (scan.at(end)) {
    case 'n':
    case 'r':
    case 't':
    case '/':
      return end + 1;
    case 'u':  // "\u003d" is a '='
      return is_hex(scan.at(end + 1)) && is_hex(scan.at(end + 4)) ? end + 5 : at;
    case '\n':
      return end + 1;
    default:
      return at;
  }
}

// "Proc-Type: 4,ENCRYPTED" and its like stand between the first line and the key. Returns where
// such a line ends; `at` when there is none.
std::size_t skip_header(const Scan& scan, std::size_t at) {
  constexpr std::size_t kLineMax = 128;
  for (const std::string_view name :
       {"Proc-Type: ", "DEK-Info: ", "Version: ", "Comment: ", "Hash: ", "Charset: "}) {
    if (!scan.starts_with(at, name)) continue;
    const std::size_t limit = std::min(scan.text.size(), at + kLineMax);
    at += name.size();
    while (at < limit && scan.text[at] != '\n' && scan.text[at] != '\\' && scan.text[at] != '"') {
      ++at;
    }
    return at;
  }
  return at;
}

// Of a key that is cut off: as far as it looks like one.
std::size_t end_of_cut(const Scan& scan, std::size_t at) {
  bool line_begins = true;
  while (at < scan.text.size()) {
    const std::size_t from = at;
    if (line_begins) at = skip_header(scan, at);
    if (at == from) at = skip_escape(scan, at);
    line_begins = at > from || scan.text[at] == '\n';
    if (at > from) continue;
    if (!is(scan.text[at], kBase64 | kSpace)) break;
    ++at;
  }
  return at;
}

std::size_t scan_pem(Scan& scan, std::size_t at) {
  const std::size_t name = at + kBegin.size();
  const std::size_t name_end = scan.text.substr(0, name + kBlockNameMax).find(kDashes, name);
  if (name_end == std::string_view::npos) return kNothing;
  const std::string_view title = scan.text.substr(name, name_end - name);
  if (!title.ends_with("PRIVATE KEY") && !title.ends_with("PRIVATE KEY BLOCK")) return kNothing;
  // The next dashes are those of the END line. Passes over a text look for them once: where there
  // are none, there is no other BEGIN either.
  const std::size_t body = name_end + kDashes.size();
  const std::size_t dashes = scan.text.find(kDashes, body);
  if (dashes == std::string_view::npos || !scan.starts_with(dashes, kEnd)) {
    return scan.found(FindingType::private_key, at, end_of_cut(scan, body));
  }
  const std::size_t closing = scan.text.find(kDashes, dashes + kEnd.size());
  const std::size_t end =
      closing == std::string_view::npos ? scan.text.size() : closing + kDashes.size();
  return scan.found(FindingType::private_key, at, end);
}

std::size_t scan_putty(Scan& scan, std::size_t at) {
  // The file goes on for a few lines of headers, then base64.
  std::size_t end = end_of_line(scan, at);
  while (end < scan.text.size()) {
    const std::size_t line = end + 1;
    const std::size_t next = end_of_line(scan, line);
    const std::string_view text = scan.text.substr(line, next - line);
    const bool header = text.find(": ") != std::string_view::npos;
    const bool base64 = text.size() >= 16 && text.find(' ') == std::string_view::npos;
    if (!header && !base64) break;
    end = next;
  }
  return scan.found(FindingType::private_key, at, end);
}

}  // namespace

std::size_t scan_key_block(Scan& scan, std::size_t at) {
  switch (scan.at(at)) {
    case '-':
      return scan.starts_with(at, kBegin) ? scan_pem(scan, at) : kNothing;
    case 'P':
      return scan.starts_with(at, "PuTTY-User-Key-File-") ? scan_putty(scan, at) : kNothing;
    case 'A': {
      constexpr std::string_view kAge = "AGE-SECRET-KEY-1";
      if (!scan.starts_with(at, kAge)) return kNothing;
      std::size_t end = at + kAge.size();
      while (is(scan.at(end), kUpper | kDigit)) ++end;
      return end - at >= 60 ? scan.found(FindingType::private_key, at, end) : kNothing;
    }
    default:
      return kNothing;
  }
}

}  // namespace ooe::privacy
