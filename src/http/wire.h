// Private to this room: heads and chunks as bytes, and which headers may travel.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/client.h"
#include "http/message.h"
#include "http/token.h"

namespace ooe::http {

// How the end of a response's body is told.
enum class Framing {
  length,   // Content-Length
  chunked,  // Transfer-Encoding: chunked
  close,    // the connection closes: HTTP/1.0
  none,     // no body and no word about one: 204, 304
};
[[nodiscard]] bool has_no_body(int status);

// Appends status line and headers, the closing empty line included. Framing headers are ours to
// write, so the caller's are left out; so is a header that would break the head in two.
void append_response_head(std::string& out, int status, const Headers& headers, Framing framing,
                          std::size_t content_length, bool keep_alive);
void append_chunk(std::string& out, std::string_view bytes);
// Appends the end of a chunked body. Its trailers hold what became known only then.
void append_last_chunk(std::string& out, const Headers& trailers);

// Returns the head of a request for `url`. Errors: invalid_argument for a method, target or header
// that cannot be sent as it is.
[[nodiscard]] Result<std::string> request_head(const ClientRequest& request);

}  // namespace ooe::http
