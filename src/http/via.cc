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

bool came_from_here(const Headers& headers) {
  return std::ranges::any_of(headers, [](const Header& header) {
    return equal_names(header.name, "via") && header.value.find(own_via()) != std::string::npos;
  });
}

}  // namespace ooe::http
