#include "http/tls.h"

#include <openssl/err.h>

#include "base/check.h"

namespace ooe::http {

TlsContext new_tls_context(const SSL_METHOD* method) {
  TlsContext context(SSL_CTX_new(method), SSL_CTX_free);
  OOE_CHECK(context != nullptr, "OpenSSL has the memory for a context");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  // A connection that waits for its next request needs no buffers: 34 KiB each. What did not go out
  // may be moved before it is tried again.
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context.get(), 1);  // else a record costs two reads
  return context;
}

std::string tls_failure() {
  const unsigned long error = ERR_peek_last_error();
  const char* const reason = ERR_reason_error_string(error);
  return reason == nullptr ? "" : reason;
}

}  // namespace ooe::http
