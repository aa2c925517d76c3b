#include "http/client_tls.h"

#include <utility>

#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "base/check.h"
#include "http/address.h"

namespace ooe::http {
namespace {

Result<TlsContext> client_tls_context(const std::string& ca_file) {
  TlsContext context = new_tls_context(TLS_client_method());
  TlsSessions::remember_in(context.get());
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  if (SSL_CTX_set_default_verify_paths(context.get()) != 1) {
    return fail(ErrorCode::unavailable, "cannot load the system's certificate authorities: {}",
                tls_failure());
  }
  if (!ca_file.empty() && SSL_CTX_load_verify_file(context.get(), ca_file.c_str()) != 1) {
    return fail(ErrorCode::invalid_argument, "ca_file '{}' cannot be read as PEM certificates: {}",
                ca_file, tls_failure());
  }
  return context;
}

}  // namespace

Result<ClientTls::Connection> ClientTls::connect(const Url& url) {
  if (!context_) {
    auto made = client_tls_context(ca_file_);
    if (!made) return fail(made.error());
    context_ = std::move(*made);
  }
  Connection connection{.tls = Tls(SSL_new(context_.get())), .session = nullptr};
  SSL* const tls = connection.tls.get();
  OOE_CHECK(tls != nullptr, "OpenSSL has the memory for a connection");
  SSL_set_connect_state(tls);
  const char* const host = url.host.c_str();
  X509_VERIFY_PARAM* const verified = SSL_get0_param(tls);
  int ok = 0;
  if (is_numeric(url.host)) {
    ok = X509_VERIFY_PARAM_set1_ip_asc(verified, host);
  } else {
    X509_VERIFY_PARAM_set_hostflags(verified, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    ok = X509_VERIFY_PARAM_set1_host(verified, host, url.host.size());
    // Server name indication is for names only (RFC 6066, section 3).
    if (ok == 1) ok = static_cast<int>(SSL_set_tlsext_host_name(tls, host));
  }
  // Fail closed: without its name nobody's certificate is good.
  if (ok != 1) {
    return fail(ErrorCode::invalid_argument, "'{}' is no host that a certificate can be for",
                url.host);
  }
  connection.session = sessions_.offer(url, tls);
  return connection;
}

std::string handshake_failure(SSL* tls) {
  const long verdict = SSL_get_verify_result(tls);
  if (verdict != X509_V_OK) return X509_verify_cert_error_string(verdict);
  const std::string reason = tls_failure();
  return reason.empty() ? "the server closed the connection during the TLS handshake" : reason;
}

}  // namespace ooe::http
