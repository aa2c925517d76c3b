#include "dataset/text_lines.h"

#include <algorithm>

#include "base/byte_order_mark.h"
#include "base/utf8.h"

namespace ooe::dataset {
namespace {

constexpr std::size_t kShownBytesMax = 60;

}  // namespace

LineReader::LineReader(std::string_view text) : rest_(without_byte_order_mark(text)) {}

bool LineReader::next() {
  if (rest_.empty()) return false;
  const std::size_t end = rest_.find('\n');
  line_ = rest_.substr(0, end);
  rest_ = end == std::string_view::npos ? std::string_view() : rest_.substr(end + 1);
  if (line_.ends_with('\r')) line_.remove_suffix(1);
  ++number_;
  return true;
}

std::string shown(std::string_view value) {
  if (value.size() <= kShownBytesMax) return "'" + std::string(value) + "'";
  return "'" + std::string(whole_characters(value, kShownBytesMax)) + "...'";
}

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  });
}

}  // namespace ooe::dataset
