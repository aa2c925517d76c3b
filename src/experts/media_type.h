// The media type of a Content-Type header. Source: RFC 9110, section 8.3.1: type and subtype are
// compared without case, and parameters follow a semicolon.
#pragma once

#include <string_view>

#include "http/token.h"

namespace ooe::experts {

// Whether it says text/event-stream, whatever its case and its parameters.
[[nodiscard]] inline bool is_event_stream(std::string_view content_type) {
  const auto type = http::without_ows(content_type.substr(0, content_type.find(';')));
  return http::equal_names(type, "text/event-stream");
}

}  // namespace ooe::experts
