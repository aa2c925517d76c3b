#include "core/expert_name.h"

#include <algorithm>

#include "base/unicode.h"

namespace ooe {

std::optional<std::string_view> expert_name_fault(std::string_view name) {
  if (name.empty()) return "an expert's name is not empty";
  if (!is_valid_utf8(name)) return "an expert's name is valid UTF-8";
  const bool control = std::ranges::any_of(
      name, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
  if (control || name.front() == ' ' || name.back() == ' ') {
    return "an expert's name neither begins nor ends with a space and has no control character";
  }
  if (name.find(',') != std::string_view::npos) {
    return "an expert's name has no comma (lists of experts are separated by it)";
  }
  return std::nullopt;
}

}  // namespace ooe
