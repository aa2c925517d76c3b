// ooe serve: the gateway, until Ctrl-C or SIGTERM. SIGHUP, or a change of its files, reloads them.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <iterator>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include <malloc.h>

#include "base/clock.h"
#include "base/log.h"
#include "cli/command.h"
#include "cli/file_limit.h"
#include "cli/key_file.h"
#include "cli/reload.h"
#include "cli/revocations.h"
#include "cli/stop_signal.h"
#include "experts/key.h"
#include "gateway/admin.h"
#include "gateway/gateway.h"
#include "store/receipt_writer.h"
#include "store/reservation_file.h"
#include "store/store.h"

namespace ooe::cli {
namespace {

constexpr std::chrono::milliseconds kStorePatience{50};
constexpr std::chrono::milliseconds kLook{1'000};  // from one look at the files to the next

struct Options {
  std::string config = "ooe.toml";
  std::string listen;
};

void tell_models(const orchestrator::Orchestrator& orchestrator) {
  for (const auto& model : orchestrator.models()) {
    if (!model.routes()) {
      fmt::print("model {}: its own expert {} decides, by {}\n", model.name,
                 orchestrator.experts()[model.only.front().index()].name,
                 model.tag.empty() ? "a tag that clients see" : model.tag);
      continue;
    }
    fmt::print("model {}: predicted quality {:.3f} at {:.4f} USD per 1,000 queries\n", model.name,
               model.calibrated.quality, 1000.0 * model.calibrated.cost_usd);
  }
}

// A file beside the database.
std::string beside(std::string_view store_url, std::string_view ending) {
  constexpr std::string_view kScheme = "sqlite:";
  if (store_url.starts_with(kScheme)) store_url.remove_prefix(kScheme.size());
  return std::string(store_url) + std::string(ending);
}

// Budgets go on where whoever served before has left them: what receipts say, and what requests
// may have cost that were running when it was killed.
Result<gateway::SpentByKey> spent_by_key(store::Store& store,
                                         const store::ReservationFile& reservations, WallTime now) {
  const auto today = store.cost_by_key(gateway::start_of_day(now));
  if (!today) return fail(today.error());
  const auto this_month = store.cost_by_key(gateway::start_of_month(now));
  if (!this_month) return fail(this_month.error());
  gateway::SpentByKey spent;
  for (const auto& [key, cost] : *today) spent[key].day = cost;
  for (const auto& [key, cost] : *this_month) spent[key].month = cost;
  for (const auto& [key, cost, at] : reservations.charges()) {
    if (at >= gateway::start_of_day(now)) spent[key].day += cost;
    spent[key].month += cost;
  }
  return spent;
}

// Errors: where it cannot be read, or is too short.
Result<experts::Secret> admin_token(const AdminConfig& admin) {
  auto token = experts::resolve_secret("[admin]", admin.token_env, admin.token_file);
  if (!token) return token;
  if (auto ok = gateway::check_admin_token(*token); !ok) return fail(ok.error());
  return token;
}

Error no_keys() {
  return {ErrorCode::not_found, "clients need no key here: there is no [keys] table"};
}

// Takes the configuration up anew. Threads: any.
class Reloader {
 public:
  // `fingerprint`: of what is in force, from before it was read.
  Reloader(Options options, gateway::Gateway& gateway, Loaded in_force, std::string fingerprint)
      : options_(std::move(options)),
        gateway_(gateway),
        started_(in_force.config),
        in_force_(std::move(in_force)),
        taken_(fingerprint),
        seen_(std::move(fingerprint)) {}

  // Somebody wants it. Returns what has changed. Errors: what is wrong; the last generation then
  // stays in force.
  Result<std::string> reload() {
    const std::lock_guard lock(mutex_);
    return take_up(fingerprint());
  }

  // Files have been written. Nothing to do when they say what they said when they were last taken
  // up, or refused.
  void reload_what_changed() {
    const std::lock_guard lock(mutex_);
    std::string now = fingerprint();
    if (now != seen_) static_cast<void>(take_up(std::move(now)));
  }

  // Refuses the key from now on, and then says so in its file: a file that cannot be read or
  // written leaves no leaked key in force, but a restart would bring it back. Errors: not_found for
  // a key that is neither in force nor in the file; those of revoke_key for one that is not in
  // force.
  Result<gateway::Revocation> revoke(const std::string& name) {
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

  // As the file has them, and what is revoked without it. Errors: as load_keys().
  Result<std::vector<gateway::ApiKey>> keys() {
    const std::string file = keys_file();
    if (file.empty()) return tl::unexpected(no_keys());
    const auto ring = load_keys(file);
    if (!ring) return fail(ring.error());
    const std::lock_guard lock(mutex_);
    return revocations_.apply_to(*ring).keys();
  }

  // Its certificate is the gateway's and changes with it; its token is read again too.
  void take_along(gateway::AdminServer* admin) {
    const std::lock_guard lock(mutex_);
    admin_ = admin;
  }

  [[nodiscard]] std::vector<std::string> files() const {
    const std::lock_guard lock(mutex_);
    auto files = files_behind(options_.config, in_force_.config);
    if (!refused_) return files;
    // What was refused for want of a file is to be taken up when that file comes.
    if (const auto named = load_config(options_.config)) {
      std::ranges::copy(files_behind(options_.config, *named), std::back_inserter(files));
    }
    return files;
  }
  // Empty: clients need no key.
  [[nodiscard]] std::string keys_file() const {
    const std::lock_guard lock(mutex_);
    return in_force_.config.keys_file.value_or("");
  }

 private:
  [[nodiscard]] std::string fingerprint() const {
    const auto config = load_config(options_.config);
    return fingerprint_of(files_behind(options_.config, config ? *config : in_force_.config));
  }

  // `now`: the files' fingerprint, from before they are read.
  Result<std::string> take_up(std::string now) {
    const bool news = now != taken_ || refused_;  // also that all is well again
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
  Result<void> take_keys_locked() {
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
  bool refuse(const std::string& name) {
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
  Result<std::string> try_and_catch(bool news) try {
    return try_to(news);
  } catch (const std::exception& error) {
    return fail(ErrorCode::internal, "unexpected: {}", error.what());
  }

  // `news`: whether the files say something else than what is in force. Where they do not, the
  // interview on record may still have gone on.
  Result<std::string> try_to(bool news) {
    auto next = load_all(options_.config);
    if (!next) return fail(next.error());
    if (!options_.listen.empty()) next->config.gateway.server.listen = options_.listen;
    if (next->serving.keys) next->serving.keys = revocations_.apply_to(*next->serving.keys);
    const bool has_admin = admin_ != nullptr && next->config.admin.has_value();
    const auto token = has_admin ? admin_token(*next->config.admin) : experts::Secret();
    if (!token) return fail(token.error());
    // What may fail, before what puts it in force.
    if (admin_ != nullptr) {
      if (auto ok = admin_->reload_tls(); !ok) return fail(ok.error());
    }
    if (auto ok = gateway_.reload(next->serving, news); !ok) return fail(ok.error());
    std::vector<std::string> more;
    if (has_admin && *admin_->change_token(*token)) {
      more.emplace_back("the administrator's token changed");
    }
    std::string changes = describe_changes(started_, in_force_, *next, std::move(more));
    if (news) spdlog::info("reloaded {}: {}", options_.config, changes);
    in_force_ = std::move(*next);
    return changes;
  }

  const Options options_;
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

// Until a signal to stop: reloads on SIGHUP, and when a file behind the configuration has changed.
// Returns whether a signal told to end; false when `until` came before.
bool keep_up_to_date(StopSignal& signals, Reloader& reloader,
                     std::optional<std::chrono::steady_clock::time_point> until = {}) {
  using std::chrono::milliseconds;
  FileWatch watch({});
  for (;;) {
    watch.follow(reloader.files());
    milliseconds look = kLook;
    if (until) {
      const auto left = *until - std::chrono::steady_clock::now();
      if (left <= milliseconds(0)) return false;
      look = std::min(look, std::chrono::ceil<milliseconds>(left));
    }
    const auto signal = signals.wait_for(look);
    if (signal && *signal != SIGHUP) return true;
    const bool changed = watch.changed();
    if (signal) {
      static_cast<void>(reloader.reload());
    } else if (changed) {
      reloader.reload_what_changed();
    }
  }
}

// Whether a signal has come that tells to end.
bool told_to_end(StopSignal& signals) {
  while (const auto signal = signals.wait_for(std::chrono::milliseconds(0))) {
    if (*signal != SIGHUP) return true;
  }
  return false;
}

// The admin surface reads receipts through a connection of its own: the writer's is the writer's.
Result<std::unique_ptr<gateway::AdminServer>> start_admin(const Config& config, Reloader& reloader,
                                                          const gateway::Gateway& gateway) {
  const auto token = admin_token(*config.admin);
  if (!token) return fail(token.error());
  auto opened = store::open_store(config.store_url);
  if (!opened) return fail(opened.error());
  const std::shared_ptr<store::Store> store = std::move(*opened);
  http::ServerOptions server{
      .listen = config.admin->listen, .tls = config.gateway.server.tls, .connections_max = 64};
  gateway::AdminCalls calls;
  calls.receipts = [store](std::int64_t count) { return store->receipts(count); };
  calls.reload = [&reloader] { return reloader.reload(); };
  calls.keys = [&reloader] { return reloader.keys(); };
  calls.spent = [&gateway] { return gateway.spent(); };
  calls.revoke = [&reloader](const std::string& name) { return reloader.revoke(name); };
  calls.metrics = [&gateway] { return gateway.metrics_text(); };
  return gateway::AdminServer::start(std::move(server), *token, std::move(calls));
}

void tell_address(const http::ServerOptions& server, std::uint16_t port, std::string_view what) {
  const std::string host = http::parse_listen_address(server.listen)->host;
  const bool v6 = host.find(':') != std::string::npos;
  fmt::print("listening on {}://{}{}{}:{}{}\n", server.tls ? "https" : "http", v6 ? "[" : "", host,
             v6 ? "]" : "", port, what);
}

// Once a large buffer is freed, glibc takes buffers of its size from the heap instead of from the
// system, and the heap of a process that serves for months keeps holes of that size. Setting the
// thresholds, here to what they are at first, keeps them where they are.
void give_large_buffers_back() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 128 << 10);
  mallopt(M_TRIM_THRESHOLD, 128 << 10);
#endif
}

// Asked for before anything is opened: who runs out of files half-way cannot say why.
Result<void> make_room_for_files(const gateway::GatewayOptions& gateway) {
  const std::size_t workers =
      gateway.workers > 0 ? gateway.workers : std::max(1U, std::thread::hardware_concurrency());
  const auto warning =
      check_file_limit(raise_file_limit(), workers, gateway.server.connections_max);
  if (!warning) return fail(warning.error());
  if (!warning->empty()) spdlog::warn("{}", *warning);
  return {};
}

Result<int> serve(const Options& options) {
  give_large_buffers_back();
  StopSignal signals;
  signals.take_hang_up();
  const auto named = load_config(options.config);
  if (!named) return fail(named.error());
  std::string fingerprint = fingerprint_of(files_behind(options.config, *named));
  auto loaded = load_all(options.config);
  if (!loaded) return fail(loaded.error());
  Config& config = loaded->config;
  if (!options.listen.empty()) config.gateway.server.listen = options.listen;
  if (auto ok = start_log(config.log_level); !ok) return fail(ok.error());
  if (auto ok = make_room_for_files(config.gateway); !ok) return fail(ok.error());
  auto store = store::open_store(config.store_url);
  if (!store) return fail(store.error());

  const SystemClock clock;
  config.gateway.spool_file = beside(config.store_url, ".spool");
  store::ReceiptSpool spool(config.gateway.spool_file);
  // First, since budgets count what was spooled too.
  const auto replayed = spool.replay(**store);
  if (!replayed) return fail(replayed.error());
  if (replayed->stored > 0) spdlog::info("{} receipts replayed", replayed->stored);
  auto reservations =
      store::ReservationFile::open(beside(config.store_url, "-reserved"), clock.wall_now(),
                                   gateway::start_of_month(clock.wall_now()));
  if (!reservations) return fail(reservations.error());
  if (reservations->is_shared() && config.keys_file) {
    spdlog::warn(
        "another gateway serves on {}: each counts what keys spend for itself, and "
        "together they may spend a budget once each",
        config.store_url);
  }
  const auto spent = spent_by_key(**store, *reservations, clock.wall_now());
  if (!spent) return fail(spent.error());
  if (auto ok = spool.reserve(); !ok)
    spdlog::warn("a full disk may lose receipts: {}", ok.error().message);
  // From here on nobody waits for who holds the database: the spool takes what comes meanwhile.
  (*store)->wait_at_most(kStorePatience);
  store::ReceiptWriter receipts(std::move(*store), {}, std::move(spool));
  auto gateway = gateway::Gateway::start(config.gateway, loaded->serving, clock, receipts, *spent,
                                         &*reservations);
  if (!gateway) return fail(gateway.error());
  Reloader reloader(options, **gateway, *loaded, std::move(fingerprint));
  std::unique_ptr<gateway::AdminServer> admin;
  if (config.admin) {
    auto started = start_admin(config, reloader, **gateway);
    if (!started) return fail(started.error());
    admin = std::move(*started);
    reloader.take_along(admin.get());
  }
  // Last: whoever reads that somebody listens may count on all of it.
  tell_models(*loaded->serving.orchestrator);
  tell_address(config.gateway.server, (*gateway)->port(),
               config.keys_file ? "/v1, for clients with a key" : "/v1");
  if (admin) {
    tell_address({.listen = config.admin->listen, .tls = config.gateway.server.tls}, admin->port(),
                 "/admin, for the administrator");
  }
  std::fflush(stdout);

  keep_up_to_date(signals, reloader);
  (*gateway)->announce_stop();
  const auto lame_duck = config.gateway.lame_duck;
  const auto drain = config.gateway.drain;
  bool hurry = false;
  if (lame_duck.count() > 0) {
    fmt::print(
        "stopping: /readyz says so, and requests are taken for {:g} s more; another "
        "signal ends all at once\n",
        std::chrono::duration<double>(lame_duck).count());
    std::fflush(stdout);
    hurry = keep_up_to_date(signals, reloader, std::chrono::steady_clock::now() + lame_duck);
  }
  admin.reset();
  fmt::print("stopping: running requests have {:g} s to end; another signal breaks them off\n",
             std::chrono::duration<double>(drain).count());
  std::fflush(stdout);
  (*gateway)->stop(drain, [&] {
    hurry = hurry || told_to_end(signals);
    return hurry;
  });
  receipts.close();
  if (const auto lost = receipts.counts().failed; lost > 0) {
    return fail(ErrorCode::unavailable, "{} receipts are not in the store; the log says which",
                lost);
  }
  return 0;
}

}  // namespace

void add_serve(CLI::App& app, Runner& runner) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("serve", "the OpenAI-compatible gateway, until Ctrl-C");
  command->add_option("--config", options->config, "the configuration")
      ->capture_default_str()
      ->type_name("FILE");
  command
      ->add_option("--listen", options->listen,
                   "host:port, stronger than the configuration; port 0: a free one")
      ->check(readable_by(http::parse_listen_address))
      ->type_name("HOST:PORT");
  set_work(*command, options, runner, "ooe serve --config ooe.toml", serve);
}

}  // namespace ooe::cli
