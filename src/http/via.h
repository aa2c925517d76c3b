// The header Via (RFC 9110, section 7.6.3) by which a process knows its own requests when they come
// back to it: two servers that hand on to each other would do so until both are full.
#pragma once

#include <string>

#include "http/message.h"

namespace ooe::http {

// What this process calls itself in Via: made once, of random bytes.
[[nodiscard]] const std::string& own_via();

// Returns the entries of Via for the gateways like this one that the request came through; empty
// when there are none. They are sent on, so that each gateway of a circle notices it. Other proxies
// are none of an expert's business.
[[nodiscard]] std::string gateways_before(const Headers& headers);

// Whether the request came from this process.
[[nodiscard]] bool came_from_here(const Headers& headers);

}  // namespace ooe::http
