#include "experts/half_pairs.h"

#include <cstdint>

#include "base/hex.h"
#include "base/utf8.h"

namespace ooe::experts {
namespace {

constexpr std::size_t kEscape = 6;  // bytes of \uXXXX

// The code that is escaped there; 0 when none is. Requires: `at` is no place behind the end.
std::uint32_t code_at(std::string_view json, std::size_t at) {
  if (!json.substr(at).starts_with("\\u")) return 0;
  return hex_code_at(json, at + 2, kEscape - 2).value_or(0);
}

}  // namespace

std::optional<std::string> without_half_pairs(std::string_view json) {
  std::optional<std::string> mended;
  std::size_t at = json.find('\\');
  while (at < json.size()) {
    const std::uint32_t code = code_at(json, at);
    std::size_t length = code == 0 ? 2 : kEscape;
    if (is_high_surrogate(code) && is_low_surrogate(code_at(json, at + kEscape))) {
      length = 2 * kEscape;
    } else if (is_high_surrogate(code) || is_low_surrogate(code)) {
      if (!mended) mended = json;
      mended->replace(at, kEscape, "\\ufffd");
    }
    at = json.find('\\', at + length);
  }
  return mended;
}

}  // namespace ooe::experts
