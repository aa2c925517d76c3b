#include "http/via.h"

#include <algorithm>
#include <cstdint>
#include <span>

#include "base/hash.h"
#include "base/hex.h"
#include "http/token.h"

namespace ooe::http {

const std::string& own_via() {
  static const std::string via = [] {
    const auto bytes = unique_bytes_128();
    return "1.1 ooe-" + hex_of(std::span<const std::uint8_t>(bytes).first(8));
  }();
  return via;
}

std::string gateways_before(const Headers& headers) {
  constexpr std::string_view kMark = "1.1 ooe-";
  std::string before;
  for (const Header& header : headers) {
    if (!equal_names(header.name, "via")) continue;
    const std::string_view value = header.value;
    for (std::size_t at = value.find(kMark); at < value.size(); at = value.find(kMark, at + 1)) {
      const std::string_view one = value.substr(at, own_via().size());
      const bool is_id =
          one.size() == own_via().size() &&
          std::ranges::all_of(one.substr(kMark.size()), [](char c) { return hex_digit(c) >= 0; });
      if (is_id) before += (before.empty() ? "" : ", ") + std::string(one);
    }
  }
  return before;
}

bool came_from_here(const Headers& headers) {
  return std::ranges::any_of(headers, [](const Header& header) {
    return equal_names(header.name, "via") && header.value.find(own_via()) != std::string::npos;
  });
}

}  // namespace ooe::http
