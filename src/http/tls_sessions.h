// Private to this room: the TLS sessions a client may resume, which spares a new connection half
// the cost of its handshake and a round trip's worth of certificates. Whom a session is with was
// checked when it began.
#pragma once

#include <map>
#include <memory>
#include <string>

#include <openssl/ssl.h>

#include "http/message.h"

namespace ooe::http {

// The newest session with one server.
struct TlsSession {
  struct Free {
    void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
  };
  std::unique_ptr<SSL_SESSION, Free> newest;
};

class TlsSessions {
 public:
  // Has connections of `context` remember the sessions that servers offer.
  static void remember_in(SSL_CTX* context);

  // Before the handshake of `tls` with the url's host and port: offers to resume what is known.
  // Returns where the sessions that come of it go, which must live as long as `tls`.
  [[nodiscard]] std::shared_ptr<TlsSession> offer(const Url& url, SSL* tls);

 private:
  std::map<std::string, std::shared_ptr<TlsSession>> by_server_;
};

}  // namespace ooe::http
