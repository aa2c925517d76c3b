// Private to this room: what a server shows its clients when it speaks TLS.
#pragma once

#include <memory>

#include <boost/asio/ssl/context.hpp>

#include "base/result.h"
#include "http/asio.h"
#include "http/server.h"

namespace ooe::http {

// TLS 1.2 and later, HTTP/1.1 by ALPN, sessions resumed by tickets. Errors: invalid_argument, which
// names the file, when certificate or key cannot be read or do not belong together.
[[nodiscard]] Result<std::shared_ptr<asio::ssl::context>> server_tls_context(const TlsFiles& files);

}  // namespace ooe::http
