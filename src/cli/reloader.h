// Who takes the configuration of a running gateway up anew, and keeps keys revoked meanwhile. In:
// what is in force, wishes to reload or to revoke. Out: what the gateway and the administrator's
// server go on with. Knows: reload, key_file, revocations, gateway.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/config.h"
#include "cli/reload.h"
#include "cli/revocations.h"
#include "experts/key.h"
#include "gateway/admin.h"
#include "gateway/api_key.h"
#include "gateway/gateway.h"

namespace ooe::cli {

// What the command line says of a configuration.
struct ConfigSource {
  std::string file = "ooe.toml";
  std::string listen = {};  // host:port, stronger than the file's; empty: the file's
};

// As load_all(), with what the command line says of it.
[[nodiscard]] Result<Loaded> load_from(const ConfigSource& source);

// Errors: where it cannot be read, or is too short.
[[nodiscard]] Result<experts::Secret> admin_token(const AdminConfig& admin);

// Threads: any.
class Reloader {
 public:
  // `fingerprint`: of what is in force, from before it was read. Requires: the gateway outlives it.
  Reloader(ConfigSource source, gateway::Gateway& gateway, Loaded in_force,
           std::string fingerprint);

  // Somebody wants it. Returns what has changed. Errors: what is wrong; the last generation then
  // stays in force.
  [[nodiscard]] Result<std::string> reload();

  // Files have been written. Nothing to do when they say what they said when they were last taken
  // up, or refused.
  void reload_what_changed();

  // Refuses the key from now on, and then says so in its file: a file that cannot be read or
  // written leaves no leaked key in force, but a restart would bring it back. Errors: not_found for
  // a key that is neither in force nor in the file; those of revoke_key for one that is not in
  // force.
  [[nodiscard]] Result<gateway::Revocation> revoke(const std::string& name);

  // As the file has them, and what is revoked without it. Errors: as load_keys().
  [[nodiscard]] Result<std::vector<gateway::ApiKey>> keys();

  // Its certificate is the gateway's and changes with it; its token is read again too.
  void take_along(gateway::AdminServer* admin);

  // Whose change is a reason to reload.
  [[nodiscard]] std::vector<std::string> files() const;

 private:
  // What the files say against what is in force; `as_before`: the same, after something else was
  // refused.
  enum class News { none, as_before, changed };

  [[nodiscard]] std::string keys_file() const;
  [[nodiscard]] std::string fingerprint() const;
  [[nodiscard]] Result<std::string> take_up(std::string now);
  [[nodiscard]] Result<void> take_keys_locked();
  [[nodiscard]] bool refuse(const std::string& name);
  [[nodiscard]] Result<std::string> try_and_catch(News news);
  [[nodiscard]] Result<std::string> try_to(News news);

  const ConfigSource source_;
  gateway::Gateway& gateway_;
  const Config started_;
  mutable std::mutex mutex_;
  Loaded in_force_;                        // guarded by mutex_
  std::string taken_;                      // fingerprint of in_force_; guarded by mutex_
  Revocations revocations_;                // guarded by mutex_
  std::string seen_;                       // of what was last tried; guarded by mutex_
  bool refused_ = false;                   // what was last tried; guarded by mutex_
  gateway::AdminServer* admin_ = nullptr;  // guarded by mutex_
};

}  // namespace ooe::cli
