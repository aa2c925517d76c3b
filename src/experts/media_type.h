// The media type of a Content-Type header. Source: RFC 9110, section 8.3.1: type and subtype are
// compared without case, and parameters follow a semicolon.
#pragma once

#include <algorithm>
#include <string_view>

namespace ooe::experts {

// Whether it says text/event-stream, whatever its case and its parameters.
[[nodiscard]] inline bool is_event_stream(std::string_view content_type) {
  std::string_view type = content_type.substr(0, content_type.find(';'));
  constexpr std::string_view kSpace = " \t";
  type.remove_prefix(std::min(type.find_first_not_of(kSpace), type.size()));
  type = type.substr(0, type.find_last_not_of(kSpace) + 1);
  return std::ranges::equal(type, std::string_view("text/event-stream"), {}, [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
}

}  // namespace ooe::experts
