// The mark that some servers, of Windows mostly, put before JSON, where it does not belong.
// Source: RFC 8259, section 8.1.
#pragma once

#include <string_view>

namespace ooe::experts {

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";  // of UTF-8

[[nodiscard]] constexpr std::string_view without_byte_order_mark(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  return text;
}

}  // namespace ooe::experts
