// Whether a web page that is not the owner's asks, or may. A browser sends "simple" requests of any
// page to any address, also to a gateway that listens for this machine alone and asks for no key:
// the page cannot read the answer, but the owner pays for it. Knows: http.
#pragma once

#include <string_view>

#include "http/message.h"

namespace ooe::gateway {

// True when `Origin` names a page on the web, or one that hides where it is from ("null"). That it
// names the address that was asked helps it only where nobody else can have given that name:
// whoever owns a public one can make it lead here after their page has been read.
// `open_to_network`: the owner has something in front that knows callers, and pages under its name
// are the owner's. Pages of this machine, and programs that are no pages (browser extensions,
// editors) are let through, and so is who sends no Origin: browsers do so only where they take the
// page for one of the address that is asked.
[[nodiscard]] bool comes_from_another_page(const http::Headers& headers,
                                           bool open_to_network = false);

// True when `Host` is a name that its owner can make lead here after a page has been read from it
// (DNS rebinding): a browser then sends such a page's GET as one of its own origin, without
// `Origin`, and lets it read the answer. Addresses, names that nobody can own, `listen_host` and no
// `Host` at all are let through.
[[nodiscard]] bool is_asked_for_by_a_strange_name(const http::Headers& headers,
                                                  std::string_view listen_host);

}  // namespace ooe::gateway
