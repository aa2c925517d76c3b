#include "http/server_tls.h"

#include <algorithm>
#include <string_view>

#include <openssl/ssl.h>

namespace ooe::http {
namespace {

// Length, then name (RFC 7301, 3.1).
constexpr unsigned char kProtocols[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
constexpr std::string_view kSessionContext = "ooe";

// A client that offers only what we do not speak is told nothing, and finds out by itself.
int choose_protocol(SSL* /*tls*/, const unsigned char** chosen, unsigned char* size,
                    const unsigned char* offered, unsigned int offered_size, void* /*argument*/) {
  unsigned char* found = nullptr;
  const int result =
      SSL_select_next_proto(&found, size, kProtocols, sizeof(kProtocols), offered, offered_size);
  *chosen = found;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

tl::unexpected<Error> cannot(std::string_view what, const std::string& file,
                             const error_code& error) {
  return fail(ErrorCode::invalid_argument, "the TLS {} '{}' cannot be used: {}; give a PEM file",
              what, file, error.message());
}

}  // namespace

Result<std::shared_ptr<asio::ssl::context>> server_tls_context(const TlsFiles& files) {
  auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
  SSL_CTX* const native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // A connection that waits for its next request needs no buffers: 34 KiB each.
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_id_context(native,
                                 reinterpret_cast<const unsigned char*>(kSessionContext.data()),
                                 static_cast<unsigned int>(kSessionContext.size()));
  SSL_CTX_set_alpn_select_cb(native, choose_protocol, nullptr);
  error_code error;
  context->use_certificate_chain_file(files.certificate, error);
  if (error) return cannot("certificate", files.certificate, error);
  context->use_private_key_file(files.key, asio::ssl::context::pem, error);
  if (error) return cannot("key", files.key, error);
  if (SSL_CTX_check_private_key(native) != 1) {
    return fail(ErrorCode::invalid_argument,
                "the TLS key '{}' is not the key of the certificate '{}'", files.key,
                files.certificate);
  }
  return context;
}

}  // namespace ooe::http
