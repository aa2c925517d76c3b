#include "cli/reloader.h"

#include <algorithm>
#include <exception>
#include <iterator>
#include <utility>

#include "base/clock.h"
#include "base/log.h"
#include "cli/key_file.h"
#include "cli/serving.h"

namespace ooe::cli {
namespace {

Error no_keys() {
  return {ErrorCode::not_found, "clients need no key here: there is no [keys] table"};
}

}  // namespace

Result<Loaded> load_from(const ConfigSource& source) {
  auto loaded = load_all(source.file);
  if (loaded && !source.listen.empty()) loaded->config.gateway.server.listen = source.listen;
  return loaded;
}

Result<experts::Secret> admin_token(const AdminConfig& admin) {
  auto token = experts::resolve_secret("[admin]", admin.token_env, admin.token_file);
  if (!token) return token;
  if (auto ok = gateway::check_admin_token(*token); !ok) return fail(ok.error());
  return token;
}

Reloader::Reloader(ConfigSource source, gateway::Gateway& gateway, Loaded in_force,
                   std::string fingerprint)
    : source_(std::move(source)),
      gateway_(gateway),
      started_(in_force.config),
      in_force_(std::move(in_force)),
      taken_(fingerprint),
      seen_(std::move(fingerprint)) {}

Result<std::string> Reloader::reload() {
  const std::lock_guard lock(mutex_);
  return take_up(fingerprint());
}

void Reloader::reload_what_changed() {
  const std::lock_guard lock(mutex_);
  std::string now = fingerprint();
  if (now != seen_) static_cast<void>(take_up(std::move(now)));
}

Result<gateway::Revocation> Reloader::revoke(const std::string& name) {
  const std::string file = keys_file();
  if (file.empty()) return tl::unexpected(no_keys());
  const bool was_in_force = refuse(name);
  const auto written = revoke_key(file, name);
  // Who has taken the key out of the file has said so there too.
  const bool is_gone = !written && written.error().code == ErrorCode::not_found && was_in_force &&
                       load_keys(file).has_value();
  if (written || is_gone) {
    // The keys alone, whatever else is wrong: a revocation must not wait for a certificate.
    const std::lock_guard lock(mutex_);
    if (auto ok = take_keys_locked(); !ok) return fail(ok.error());
    return gateway::Revocation{};
  }
  if (!was_in_force) return fail(written.error());
  spdlog::error("key {} is refused until a restart only: {}", name, written.error().message);
  return gateway::Revocation{.not_durable = written.error().message};
}

Result<std::vector<gateway::ApiKey>> Reloader::keys() {
  const std::string file = keys_file();
  if (file.empty()) return tl::unexpected(no_keys());
  const auto ring = load_keys(file);
  if (!ring) return fail(ring.error());
  const std::lock_guard lock(mutex_);
  return revocations_.apply_to(*ring).keys();
}

void Reloader::take_along(gateway::AdminServer* admin) {
  const std::lock_guard lock(mutex_);
  admin_ = admin;
}

std::vector<std::string> Reloader::files() const {
  const std::lock_guard lock(mutex_);
  auto files = files_behind(source_.file, in_force_.config);
  if (!refused_) return files;
  // What was refused for want of a file is to be taken up when that file comes.
  if (const auto named = load_config(source_.file)) {
    std::ranges::copy(files_behind(source_.file, *named), std::back_inserter(files));
  }
  return files;
}

// Empty: clients need no key.
std::string Reloader::keys_file() const {
  const std::lock_guard lock(mutex_);
  return in_force_.config.keys_file.value_or("");
}

// From here on `mutex_` is held, but for refuse(), which takes it.
std::string Reloader::fingerprint() const {
  const auto config = load_config(source_.file);
  return fingerprint_of(files_behind(source_.file, config ? *config : in_force_.config));
}

// `now`: the files' fingerprint, from before they are read.
Result<std::string> Reloader::take_up(std::string now) {
  const bool same = now == taken_;
  const News news = !same ? News::changed : refused_ ? News::as_before : News::none;
  seen_ = now;
  auto changes = try_and_catch(news);
  refused_ = !changes;
  if (changes) {
    taken_ = std::move(now);
  } else {
    gateway_.count_failed_reload();
    spdlog::error("not reloaded, all stays as it was: {}", changes.error().message);
    static_cast<void>(take_keys_locked());
  }
  return changes;
}

// Errors: as load_keys().
Result<void> Reloader::take_keys_locked() {
  if (!in_force_.config.keys_file) return {};
  auto ring = load_keys(*in_force_.config.keys_file);
  if (!ring) return fail(ring.error());
  const Loaded last = in_force_;
  in_force_.serving.keys = revocations_.apply_to(*ring);
  const std::string changes = describe_key_changes(last, in_force_);
  if (changes.empty()) return {};
  gateway_.take_keys(in_force_.serving);
  spdlog::info("keys taken up from {}: {}", *in_force_.config.keys_file, changes);
  return {};
}

// From now on, whatever its file says. Returns whether there is such a key in force.
bool Reloader::refuse(const std::string& name) {
  const std::lock_guard lock(mutex_);
  if (!in_force_.serving.keys) return false;
  const auto& keys = in_force_.serving.keys->keys();
  const auto key = std::ranges::find(keys, name, &gateway::ApiKey::name);
  if (key == keys.end()) return false;
  if (key->revoked) return true;
  const gateway::KeyHash hash = key->hash;
  revocations_.add(hash);
  in_force_.serving.keys = in_force_.serving.keys->with_revoked({&hash, 1});
  gateway_.take_keys(in_force_.serving);
  spdlog::info("key {} is revoked", name);
  return true;
}

// Whatever goes wrong, the last generation stays in force: also what a library throws.
Result<std::string> Reloader::try_and_catch(News news) try {
  return try_to(news);
} catch (const std::exception& error) {
  return fail(ErrorCode::internal, "unexpected: {}", error.what());
}

// Where there is no news, the interview on record may still have gone on.
Result<std::string> Reloader::try_to(News news) {
  auto next = load_from(source_);
  if (!next) return fail(next.error());
  if (next->serving.keys) next->serving.keys = revocations_.apply_to(*next->serving.keys);
  const bool has_admin = admin_ != nullptr && next->config.admin.has_value();
  const auto token = has_admin ? admin_token(*next->config.admin) : experts::Secret();
  if (!token) return fail(token.error());
  // What may fail, before what puts it in force.
  if (admin_ != nullptr) {
    if (auto ok = admin_->reload_tls(); !ok) return fail(ok.error());
  }
  if (auto ok = gateway_.reload(next->serving, news != News::none); !ok) return fail(ok.error());
  std::vector<std::string> more;
  if (has_admin && *admin_->change_token(*token)) {
    more.emplace_back("the administrator's token changed");
  }
  std::string changes = describe_changes(started_, in_force_, *next, std::move(more));
  if (news == News::changed) {
    spdlog::info("reloaded {}: {}", source_.file, changes);
    warn_of_deadlines_that_never_come(next->config.rules);
    warn_of_expired_certificate(next->config.gateway.server, SystemClock().wall_now());
  } else if (news == News::as_before) {
    spdlog::info("well again: {} and the files behind it say what is in force", source_.file);
  }
  in_force_ = std::move(*next);
  return changes;
}

}  // namespace ooe::cli
