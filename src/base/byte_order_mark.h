// The mark that some programs, of Windows mostly, put before UTF-8: before files that people save,
// and before JSON, where it does not belong. Source: RFC 8259, section 8.1.
#pragma once

#include <string_view>

namespace ooe {

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Returns the text behind the mark, all of it where there is none: a view into it. Of two marks
// only the first goes.
[[nodiscard]] constexpr std::string_view without_byte_order_mark(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  return text;
}

}  // namespace ooe
