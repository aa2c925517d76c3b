#include "base/unicode.h"

#include <cstdlib>
#include <memory>

#include <utf8proc.h>

#include "base/check.h"

namespace ooe {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

bool is_ascii(std::string_view text) {
  unsigned char seen = 0;
  for (const char c : text) seen |= static_cast<unsigned char>(c);
  return seen < 0x80;
}

// Returns the length in bytes of the code point at the front, or 0 when the bytes are not UTF-8.
std::size_t code_point_size(std::string_view text, utf8proc_int32_t& code_point) {
  const utf8proc_ssize_t size =
      utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                       static_cast<utf8proc_ssize_t>(text.size()), &code_point);
  return size > 0 ? static_cast<std::size_t>(size) : 0;
}

std::string replace_invalid(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  while (!text.empty()) {
    utf8proc_int32_t code_point = 0;
    const std::size_t size = code_point_size(text, code_point);
    valid.append(size == 0 ? kReplacement : text.substr(0, size));
    text.remove_prefix(size == 0 ? 1 : size);
  }
  return valid;
}

bool is_space(utf8proc_int32_t code_point) {
  if (code_point < 0x80) return code_point == ' ' || (code_point >= '\t' && code_point <= '\r');
  if (code_point == 0x85) return true;
  const utf8proc_category_t category = utf8proc_category(code_point);
  return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
         category == UTF8PROC_CATEGORY_ZP;
}

std::string collapse_white_space(std::string_view text) {
  std::string collapsed;
  collapsed.reserve(text.size());
  bool pending = false;
  while (!text.empty()) {
    utf8proc_int32_t code_point = static_cast<unsigned char>(text.front());
    std::size_t size = code_point < 0x80 ? 1 : code_point_size(text, code_point);
    if (size == 0) size = 1;
    if (is_space(code_point)) {
      pending = !collapsed.empty();
    } else {
      if (pending) collapsed.push_back(' ');
      pending = false;
      collapsed.append(text.substr(0, size));
    }
    text.remove_prefix(size);
  }
  return collapsed;
}

std::string nfkc_casefold(const std::string& valid) {
  utf8proc_uint8_t* mapped = nullptr;
  const auto options = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPAT |
                                                      UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
  const utf8proc_ssize_t size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(valid.data()),
                   static_cast<utf8proc_ssize_t>(valid.size()), &mapped, options);
  const std::unique_ptr<utf8proc_uint8_t, void (*)(void*)> owner(mapped, std::free);
  OOE_CHECK(size >= 0, "utf8proc maps valid UTF-8");
  return {reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(size)};
}

}  // namespace

bool is_valid_utf8(std::string_view text) {
  while (!text.empty()) {
    if (static_cast<unsigned char>(text.front()) < 0x80) {
      text.remove_prefix(1);
      continue;
    }
    utf8proc_int32_t code_point = 0;
    const std::size_t size = code_point_size(text, code_point);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

std::string normalise_text(std::string_view text) {
  if (is_ascii(text)) {  // the common case, without utf8proc's tables
    std::string lower(text);
    for (char& c : lower) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return collapse_white_space(lower);
  }
  return collapse_white_space(nfkc_casefold(replace_invalid(text)));
}

}  // namespace ooe
