// Text of ours in TOML.
#pragma once

#include <string>
#include <string_view>

#include <fmt/format.h>

namespace ooe::cli {

// Returns the text as a basic string, quoted. Requires: UTF-8.
[[nodiscard]] inline std::string toml_string(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      quoted += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

}  // namespace ooe::cli
