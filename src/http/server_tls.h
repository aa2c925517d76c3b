// Private to this room: what a server shows its clients when it speaks TLS.
#pragma once

#include "base/result.h"
#include "http/server.h"
#include "http/tls.h"

namespace ooe::http {

// TLS 1.2 and later, HTTP/1.1 by ALPN, sessions resumed by tickets. Errors: invalid_argument, which
// names the file, when certificate or key cannot be read or do not belong together.
[[nodiscard]] Result<TlsContext> server_tls_context(const TlsFiles& files);

// The server's end of a connection.
[[nodiscard]] Tls accept_tls(SSL_CTX* context);

}  // namespace ooe::http
