// Private to this room: what the lines of an HTTP/1.1 message say (RFC 9112). Each function takes
// one line without its CRLF, of which is known that it holds no control character but tabs, and
// returns nothing when the line does not read as the RFC writes it. Nothing is repaired: what one
// server repairs, another one reads differently. The views are parts of the line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "http/token.h"

namespace ooe::http {

// "METHOD target HTTP/1.1" (RFC 9112, 3); the version is still to be looked at.
struct RequestLine {
  std::string_view method;
  std::string_view target;
  std::string_view version;
};
[[nodiscard]] std::optional<RequestLine> parse_request_line(std::string_view line);

// "HTTP/1.1 200 OK" (RFC 9112, 4); the version is still to be looked at, the reason tells nothing.
struct StatusLine {
  std::string_view version;
  int status = 0;
};
[[nodiscard]] std::optional<StatusLine> parse_status_line(std::string_view line);

// "name: value" (RFC 9112, 5). No space before the colon, and no line that goes on with the value
// of the one before: such a line does not begin with a name.
struct FieldLine {
  std::string_view name;
  std::string_view value;
};
[[nodiscard]] inline std::optional<FieldLine> parse_field_line(std::string_view line) {
  const std::size_t colon = token_length(line);
  if (colon == 0 || colon == line.size() || line[colon] != ':') return std::nullopt;
  return FieldLine{line.substr(0, colon), without_ows(line.substr(colon + 1))};
}

// The value of content-length: one number in decimal digits below 2^64 (RFC 9110, 8.6).
[[nodiscard]] std::optional<std::uint64_t> parse_content_length(std::string_view value);

// Returns the size of the chunk that "1f;name=value" announces, the last one's being zero (RFC
// 9112, 7.1). The extensions tell us nothing, but must be extensions.
[[nodiscard]] std::optional<std::uint64_t> parse_chunk_line(std::string_view line);

}  // namespace ooe::http
