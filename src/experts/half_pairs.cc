#include "experts/half_pairs.h"

#include <charconv>

namespace ooe::experts {
namespace {

constexpr std::size_t kEscape = 6;  // bytes of \uXXXX

// The code that is escaped there; 0 when none is.
unsigned code_at(std::string_view json, std::size_t at) {
  const std::string_view escape = json.substr(at, kEscape);
  unsigned code = 0;
  if (escape.size() < kEscape || !escape.starts_with("\\u")) return 0;
  const char* const end = escape.data() + kEscape;
  return std::from_chars(escape.data() + 2, end, code, 16).ptr == end ? code : 0;
}

bool is_first_half(unsigned code) { return code >= 0xD800 && code < 0xDC00; }
bool is_second_half(unsigned code) { return code >= 0xDC00 && code < 0xE000; }

}  // namespace

std::optional<std::string> without_half_pairs(std::string_view json) {
  std::optional<std::string> mended;
  std::size_t at = json.find('\\');
  while (at < json.size()) {
    const unsigned code = code_at(json, at);
    std::size_t length = code == 0 ? 2 : kEscape;
    if (is_first_half(code) && is_second_half(code_at(json, at + kEscape))) {
      length = 2 * kEscape;
    } else if (is_first_half(code) || is_second_half(code)) {
      if (!mended) mended = json;
      mended->replace(at, kEscape, "\\ufffd");
    }
    at = json.find('\\', at + length);
  }
  return mended;
}

}  // namespace ooe::experts
