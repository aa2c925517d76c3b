// The header Via (RFC 9110, section 7.6.3), by which a process knows its own requests when they come
// back to it: two servers that hand on to each other would do so until both are full.
#pragma once

#include <string>

#include "http/message.h"

namespace ooe::http {

// What this process calls itself in Via: made once, of random bytes.
[[nodiscard]] const std::string& own_via();

// Whether the request came from this process.
[[nodiscard]] bool came_from_here(const Headers& headers);

}  // namespace ooe::http
