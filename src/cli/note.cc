#include "cli/note.h"

#include <cstddef>

#include "base/unicode.h"

namespace ooe::cli {
namespace {

constexpr std::size_t kPrintedBytesMax = 8'192;

// How many bytes the character at the front has: 0 when it is none, or one that commands terminals
// (C0 but for line ends and tabs, DEL, C1).
std::size_t character_bytes(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  if (first == '\n' || first == '\t') return 1;
  if (first < 0x20 || first == 0x7F) return 0;
  if (first < 0x80) return 1;
  const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (size > text.size() || !is_valid_utf8(text.substr(0, size))) return 0;
  const bool is_c1 = first == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0;
  return is_c1 ? 0 : size;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string printed;
  while (!text.empty()) {
    if (printed.size() >= kPrintedBytesMax) return printed + "...";
    const std::size_t size = character_bytes(text);
    if (size > 0) {
      printed += text.substr(0, size);
    } else {
      printed += fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()));
    }
    text.remove_prefix(size > 0 ? size : 1);
  }
  return printed;
}

}  // namespace ooe::cli
