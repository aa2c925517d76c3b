#include "http/server_tls.h"

#include <string_view>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "base/check.h"

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

// Requires: OpenSSL has just failed.
tl::unexpected<Error> cannot(std::string_view what, const std::string& file) {
  return fail(ErrorCode::invalid_argument, "the TLS {} '{}' cannot be used: {}; give a PEM file",
              what, file, tls_failure());
}

// OpenSSL compares a key with the certificate as soon as it has read it.
bool is_of_another(unsigned long error) {
  return ERR_GET_LIB(error) == ERR_LIB_X509 &&
         (ERR_GET_REASON(error) == X509_R_KEY_VALUES_MISMATCH ||
          ERR_GET_REASON(error) == X509_R_KEY_TYPE_MISMATCH);
}

}  // namespace

Result<TlsContext> server_tls_context(const TlsFiles& files) {
  TlsContext context = new_tls_context(TLS_server_method());
  SSL_CTX* const native = context.get();
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_session_id_context(native,
                                 reinterpret_cast<const unsigned char*>(kSessionContext.data()),
                                 static_cast<unsigned int>(kSessionContext.size()));
  SSL_CTX_set_alpn_select_cb(native, choose_protocol, nullptr);
  if (SSL_CTX_use_certificate_chain_file(native, files.certificate.c_str()) != 1) {
    return cannot("certificate", files.certificate);
  }
  const bool key_is_read =
      SSL_CTX_use_PrivateKey_file(native, files.key.c_str(), SSL_FILETYPE_PEM) == 1;
  if (!key_is_read && !is_of_another(ERR_peek_error())) return cannot("key", files.key);
  if (!key_is_read || SSL_CTX_check_private_key(native) != 1) {
    ERR_clear_error();
    return fail(ErrorCode::invalid_argument,
                "the TLS key '{}' is not the key of the certificate '{}'; give the one that it was "
                "made with",
                files.key, files.certificate);
  }
  return context;
}

Tls accept_tls(SSL_CTX* context) {
  Tls tls(SSL_new(context));
  OOE_CHECK(tls != nullptr, "OpenSSL has the memory for a connection");
  SSL_set_accept_state(tls.get());
  return tls;
}

}  // namespace ooe::http
