#include "http/tls_sessions.h"

#include <cstddef>

namespace ooe::http {
namespace {

constexpr std::size_t kServersMax = 1'000;  // a configuration has fewer; beyond: starts anew

// OpenSSL's word for "the session is mine now" is 1.
int on_new_session(SSL* tls, SSL_SESSION* session) {
  auto* const kept = static_cast<TlsSession*>(SSL_get_app_data(tls));
  if (kept == nullptr) return 0;
  kept->newest.reset(session);
  return 1;
}

}  // namespace

void TlsSessions::remember_in(SSL_CTX* context) {
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, on_new_session);
}

std::shared_ptr<TlsSession> TlsSessions::offer(const Url& url, SSL* tls) {
  if (by_server_.size() >= kServersMax) by_server_.clear();
  std::shared_ptr<TlsSession>& session = by_server_[url.host + ':' + url.port];
  if (!session) session = std::make_shared<TlsSession>();
  if (session->newest) SSL_set_session(tls, session->newest.get());
  SSL_set_app_data(tls, session.get());
  return session;
}

}  // namespace ooe::http
