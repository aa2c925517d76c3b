// IPv6 addresses that are routed somewhere: global unicast, unique local, link local. Loopback and
// the unspecified address tell nothing, and "::" is an operator in half of all programming
// languages. IPv4 is in number.cc, since it begins like any other number.
// Source: RFC 4291; the ranges by IANA's registry.
#include "privacy/byte_class.h"
#include "privacy/scan.h"

namespace ooe::privacy {

std::size_t scan_ipv6(Scan& scan, std::size_t at) {
  const char first = lower(scan.at(at));
  const char second = lower(scan.at(at + 1));
  const bool routed = first == '2' || first == '3' ||
                      (first == 'f' && (second == 'c' || second == 'd' || second == 'e'));
  if (!routed || scan.before(at) == ':' || scan.before(at) == '.') return kNothing;
  std::size_t end = at;
  int groups = 0;
  bool gap = false;  // "::" has been seen
  while (groups < 8) {
    std::size_t digits = 0;
    while (digits < 5 && is_hex(scan.at(end + digits))) ++digits;
    if (digits == 5 || (groups == 0 && digits < 3)) return kNothing;
    if (digits == 0) break;
    end += digits;
    ++groups;
    if (scan.at(end) != ':') break;
    if (scan.at(end + 1) == ':') {
      if (gap) return kNothing;
      gap = true;
      end += 2;
    } else if (is_hex(scan.at(end + 1)) && groups < 8) {
      ++end;
    } else {
      break;
    }
  }
  if (is_word(scan.at(end)) || (groups != 8 && !(gap && groups < 8))) return kNothing;
  return scan.found(FindingType::ip, at, end);
}

}  // namespace ooe::privacy
