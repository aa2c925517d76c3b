// Private to this room: the client's end of TLS: whom it trusts, and how it makes sure that it
// speaks with the server it asked for.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "http/message.h"
#include "http/tls.h"
#include "http/tls_sessions.h"

namespace ooe::http {

// Threads: the loop's.
class ClientTls {
 public:
  // `ca_file`: a private authority in PEM besides the system's, or empty.
  explicit ClientTls(std::string ca_file) : ca_file_(std::move(ca_file)) {}

  struct Connection {
    Tls tls;
    std::shared_ptr<TlsSession> session;  // must live as long as `tls`
  };
  // The client's end of a connection with the url's host: no other certificate is taken. Loads the
  // authorities when it is called first: that takes tens of milliseconds. Errors: unavailable,
  // invalid_argument when they cannot be read.
  [[nodiscard]] Result<Connection> connect(const Url& url);

 private:
  std::string ca_file_;
  TlsContext context_;  // null until the first https address
  TlsSessions sessions_;
};

// Why the handshake of `tls` has just failed.
[[nodiscard]] std::string handshake_failure(SSL* tls);

}  // namespace ooe::http
