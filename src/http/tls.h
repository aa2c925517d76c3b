// Private to this room: OpenSSL's objects as owned values, and its errors as text.
#pragma once

#include <memory>
#include <string>

#include <openssl/ssl.h>

namespace ooe::http {

// Shared by all connections that were made with it, so that it may be replaced.
using TlsContext = std::shared_ptr<SSL_CTX>;

// `method`: TLS_server_method() or TLS_client_method(). TLS 1.2 at least.
[[nodiscard]] TlsContext new_tls_context(const SSL_METHOD* method);

struct FreeTls {
  void operator()(SSL* tls) const { SSL_free(tls); }
};
using Tls = std::unique_ptr<SSL, FreeTls>;

// Why OpenSSL's last call on this thread failed; empty when it does not know.
[[nodiscard]] std::string tls_failure();

}  // namespace ooe::http
