// The administrator's surface: on an address of its own, with a credential of its own, on a thread
// of its own, so that reading receipts holds up nobody's request. In: HTTP requests. Out: what the
// calls given say. Knows: http, store.
//
// GET /admin/receipts?count=N   the newest, as JSON
// POST /admin/reload            as SIGHUP, with the answer: what changed, or why nothing did
// GET /admin/keys               names, dates, limits; never keys or hashes
// POST /admin/keys/NAME/revoke  in force at once, also where it cannot be written down
// GET /metrics                  as on the public port, where a key limited to models is refused
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/receipt.h"
#include "experts/key.h"
#include "gateway/api_key.h"
#include "gateway/key_account.h"
#include "http/server.h"

namespace ooe::gateway {

inline constexpr std::size_t kAdminTokenBytesMin = 16;
inline constexpr std::int64_t kAdminReceiptsMax = 1'000;

// Errors: invalid_argument for a token that is too short.
[[nodiscard]] Result<void> check_admin_token(const experts::Secret& token);

// How far a key's revocation has got. Either way the key is refused from now on.
struct Revocation {
  // Why its file does not say so, so that a restart would bring it back. Empty: the file does.
  std::string not_durable = {};
};

// All called on the admin thread.
struct AdminCalls {
  std::function<Result<std::vector<Receipt>>(std::int64_t count)> receipts;
  std::function<Result<std::string>()> reload;  // what has changed, in words
  std::function<Result<std::vector<ApiKey>>()> keys;
  std::function<SpentByKey()> spent;
  std::function<UsdByKey()> charged_after_kills;  // of what was spent this month
  std::function<Result<Revocation>(const std::string& name)> revoke;
  std::function<std::string()> metrics;
};

class AdminServer {
 public:
  // Binds and serves; returns at once. `server`: where to listen, and its TLS. Errors: as
  // http::Server::start; invalid_argument for a token that is too short; permission_denied for an
  // address beyond loopback without TLS, where the token would travel in the open.
  [[nodiscard]] static Result<std::unique_ptr<AdminServer>> start(http::ServerOptions server,
                                                                  const experts::Secret& token,
                                                                  AdminCalls calls);
  ~AdminServer();
  AdminServer(const AdminServer&) = delete;
  AdminServer& operator=(const AdminServer&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] Result<void> reload_tls();
  // Asks for this token from now on. Returns whether it is another one. Errors: those of
  // check_admin_token; then the last one stays in force. Any thread.
  [[nodiscard]] Result<bool> change_token(const experts::Secret& token);

 private:
  struct Impl;
  explicit AdminServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace ooe::gateway
