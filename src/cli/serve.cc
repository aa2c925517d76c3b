// ooe serve: the gateway, until Ctrl-C or SIGTERM. SIGHUP, or a change of its files, reloads them.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include <fmt/chrono.h>
#include <malloc.h>

#include "base/clock.h"
#include "base/log.h"
#include "cli/file_limit.h"
#include "cli/note.h"
#include "cli/options.h"
#include "cli/reload.h"
#include "cli/reloader.h"
#include "cli/serving.h"
#include "cli/stop_signal.h"
#include "gateway/admin.h"
#include "gateway/gateway.h"
#include "report/numbers.h"
#include "store/receipt_spool.h"
#include "store/receipt_writer.h"
#include "store/reservation_file.h"
#include "store/store.h"

namespace ooe::cli {
namespace {

constexpr std::chrono::milliseconds kStorePatience{50};
// Connections that say nothing must not keep the administrator out for long.
constexpr std::size_t kAdminConnectionsMax = 64;
constexpr std::chrono::milliseconds kAdminPatience{5'000};
constexpr std::chrono::milliseconds kLook{1'000};  // from one look at the files to the next

void tell_models(const orchestrator::Orchestrator& orchestrator) {
  for (const auto& model : orchestrator.models()) {
    if (!model.routes()) {
      say("model {}: its own expert {} decides, by {}\n", model.name,
          orchestrator.experts()[model.only.front().index()].name,
          model.tag.empty() ? "a tag that clients see" : model.tag);
      continue;
    }
    say("model {}: predicted quality {:.3f} at {} USD per 1,000 queries\n", model.name,
        model.calibrated.quality, report::usd_text(1000.0 * model.calibrated.cost_usd));
  }
}

// What keys were charged after kills is kept for so long: a clock that is ahead by less loses none
// of it for when it is set right.
constexpr std::chrono::months kChargesKept{2};

auto days_of(WallTime time) { return fmt::gmtime(std::chrono::system_clock::to_time_t(time)); }

// Budgets go on where whoever served before has left them: what receipts say, and what requests
// may have cost that were running when it was killed.
Result<gateway::SpentByKeyAndDay> spent_earlier(store::Store& store,
                                                const store::ReservationFile& reservations,
                                                WallTime now) {
  const auto costs = store.cost_by_key_and_day(gateway::start_of_month(now));
  if (!costs) return fail(costs.error());
  gateway::SpentByKeyAndDay spent;
  for (const auto& [key, day, cost] : *costs) spent[key][day] += cost;
  for (const auto& charges : {reservations.charges(), reservations.charges_of_others()}) {
    for (const auto& [key, cost, at] : charges) spent[key][gateway::start_of_day(at)] += cost;
  }
  WallTime last{};
  for (const auto& [_, days] : spent) last = std::max(last, days.rbegin()->first);
  if (last > now) {
    spdlog::warn(
        "keys have spent on {:%Y-%m-%d} already, and the clock says {:%Y-%m-%d}: it is behind, or "
        "was ahead; their budgets go by it",
        days_of(last), days_of(now));
  }
  return spent;
}

// Of what keys have spent this month, what is on no receipt.
gateway::UsdByKey charged_after_kills(const store::ReservationFile& reservations, WallTime now) {
  gateway::UsdByKey charged;
  for (const auto& charges : {reservations.charges(), reservations.charges_of_others()}) {
    for (const auto& [key, cost, at] : charges) {
      if (at >= gateway::start_of_month(now)) charged[key] += cost;
    }
  }
  return charged;
}

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
Result<std::unique_ptr<gateway::AdminServer>> start_admin(
    const Config& config, Reloader& reloader, const gateway::Gateway& gateway,
    const store::ReservationFile& reservations, const Clock& clock) {
  const auto token = admin_token(*config.admin);
  if (!token) return fail(token.error());
  auto opened = store::open_store(config.store_url);
  if (!opened) return fail(opened.error());
  const std::shared_ptr<store::Store> store = std::move(*opened);
  const http::ServerOptions server{.listen = config.admin->listen,
                                   .tls = config.gateway.server.tls,
                                   .connections_max = kAdminConnectionsMax,
                                   .header_timeout = kAdminPatience,
                                   .body_timeout = kAdminPatience,
                                   .idle_timeout = kAdminPatience};
  gateway::AdminCalls calls;
  calls.receipts = [store](std::int64_t count) { return store->receipts(count); };
  calls.reload = [&reloader] { return reloader.reload(); };
  calls.keys = [&reloader] { return reloader.keys(); };
  calls.spent = [&gateway] { return gateway.spent(); };
  // What was charged is so from the start on: read here, while the writer notes what is open.
  calls.charged_after_kills = [&reservations, &clock] {
    return charged_after_kills(reservations, clock.wall_now());
  };
  calls.revoke = [&reloader](const std::string& name) { return reloader.revoke(name); };
  calls.metrics = [&gateway] { return gateway.metrics_text(); };
  return gateway::AdminServer::start(server, *token, std::move(calls));
}

void tell_address(const http::ServerOptions& server, std::uint16_t port, std::string_view what) {
  const std::string host = http::parse_listen_address(server.listen)->host;
  const bool v6 = host.find(':') != std::string::npos;
  say("listening on {}://{}{}{}:{}{}\n", server.tls ? "https" : "http", v6 ? "[" : "", host,
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

// Asked for before anything is opened: who runs out of files half-way cannot say why. Who lets more
// clients in than it has files for cannot ask experts for them. `gateway`: gets as many connections
// as fit.
Result<void> make_room_for_files(gateway::GatewayOptions& gateway) {
  const std::size_t workers =
      gateway.workers > 0 ? gateway.workers : std::max(1U, std::thread::hardware_concurrency());
  auto room = check_file_limit(raise_file_limit(), workers, gateway.server.connections_max);
  if (!room) return fail(room.error());
  if (!room->warning.empty()) spdlog::warn("{}", room->warning);
  gateway.server.connections_max = room->connections;
  return {};
}

// What outlives the process, and what it says of those who served before.
struct Books {
  std::unique_ptr<store::Store> store;
  store::ReceiptSpool spool;
  std::int64_t receipts_refused = 0;  // of those that the spool had
  store::ReservationFile reservations;
  gateway::SpentByKeyAndDay spent;
};

// `database`: its path. Errors: those of the store, and of the files beside it.
Result<Books> open_books(const Config& config, const std::string& database, WallTime now) {
  auto store = store::open_store(config.store_url);
  if (!store) return fail(store.error());
  store::ReceiptSpool spool(database + ".spool");
  // First, since budgets count what was spooled too.
  const auto replayed = spool.replay(**store);
  if (!replayed) return fail(replayed.error());
  if (replayed->stored > 0) spdlog::info("{} receipts replayed", replayed->stored);
  const WallTime forget_before =
      std::chrono::time_point_cast<WallTime::duration>(now - kChargesKept);
  auto reservations = store::ReservationFile::open(database + "-reserved", now, forget_before);
  if (!reservations) return fail(reservations.error());
  if (reservations->is_shared() && config.keys_file) {
    spdlog::warn(
        "another gateway serves on {}: each counts what keys spend for itself, and "
        "together they may spend a budget once each",
        config.store_url);
  }
  for (const auto& [key, cost] : charged_after_kills(*reservations, now)) {
    spdlog::info(
        "key {}: {} USD of what it has spent this month is for requests that a kill cut off", key,
        to_string(cost));
  }
  auto spent = spent_earlier(**store, *reservations, now);
  if (!spent) return fail(spent.error());
  if (auto ok = spool.reserve(); !ok)
    spdlog::warn("a full disk may lose receipts: {}", ok.error().message);
  return Books{std::move(*store), std::move(spool), replayed->refused, std::move(*reservations),
               std::move(*spent)};
}

void tell_what_listens(const Loaded& loaded, const gateway::Gateway& gateway,
                       const gateway::AdminServer* admin) {
  const Config& config = loaded.config;
  tell_models(*loaded.serving.orchestrator);
  tell_address(config.gateway.server, gateway.port(),
               config.keys_file ? "/v1, for clients with a key" : "/v1");
  if (admin != nullptr) {
    tell_address({.listen = config.admin->listen, .tls = config.gateway.server.tls}, admin->port(),
                 "/admin, for the administrator");
  }
  std::fflush(stdout);
}

// A signal has told to end: first nobody new is to come, then those who are here may finish.
void drain(const gateway::GatewayOptions& options, gateway::Gateway& gateway,
           std::unique_ptr<gateway::AdminServer> admin, StopSignal& signals, Reloader& reloader) {
  gateway.announce_stop();
  bool hurry = false;
  if (options.lame_duck.count() > 0) {
    say("stopping: /readyz says so, and requests are taken for {:g} s more; another "
        "signal ends all at once\n",
        std::chrono::duration<double>(options.lame_duck).count());
    std::fflush(stdout);
    hurry =
        keep_up_to_date(signals, reloader, std::chrono::steady_clock::now() + options.lame_duck);
  }
  admin.reset();
  say("stopping: running requests have {:g} s to end; another signal breaks them off\n",
      std::chrono::duration<double>(options.drain).count());
  std::fflush(stdout);
  gateway.stop(options.drain, [&] {
    hurry = hurry || told_to_end(signals);
    return hurry;
  });
}

// Serves until a signal tells to end. `options`: those of the configuration, within what the system
// has room for. `fingerprint`: as Reloader's.
Result<int> serve_until_told(const ConfigSource& source, const Loaded& loaded,
                             const gateway::GatewayOptions& options, std::string fingerprint,
                             Books books, const Clock& clock, StopSignal& signals) {
  const Config& config = loaded.config;
  // From here on nobody waits for who holds the database: the spool takes what comes meanwhile.
  books.store->wait_at_most(kStorePatience);
  store::ReceiptWriterOptions writing{.failed_before = books.receipts_refused};
  writing.queue_max += options.requests_max;  // each that runs has its place reserved
  store::ReceiptWriter receipts(std::move(books.store), writing, std::move(books.spool));
  auto gateway = gateway::Gateway::start(options, loaded.serving, clock, receipts, books.spent,
                                         &books.reservations);
  if (!gateway) return fail(gateway.error());
  Reloader reloader(source, **gateway, loaded, std::move(fingerprint));
  std::unique_ptr<gateway::AdminServer> admin;
  if (config.admin) {
    auto started = start_admin(config, reloader, **gateway, books.reservations, clock);
    if (!started) return fail(started.error());
    admin = std::move(*started);
    reloader.take_along(admin.get());
  }
  // Last: whoever reads that somebody listens may count on all of it.
  tell_what_listens(loaded, **gateway, admin.get());
  keep_up_to_date(signals, reloader);
  drain(options, **gateway, std::move(admin), signals, reloader);
  receipts.close();
  if (const auto lost = receipts.counts().failed; lost > 0) {
    return fail(ErrorCode::unavailable, "{} receipts are not in the store; the log says which",
                lost);
  }
  return 0;
}

Result<int> serve(const ConfigSource& source) {
  give_large_buffers_back();
  StopSignal signals;
  signals.take_hang_up();
  const auto named = load_config(source.file);
  if (!named) return fail(named.error());
  std::string fingerprint = fingerprint_of(files_behind(source.file, *named));
  auto loaded = load_from(source);
  if (!loaded) return fail(loaded.error());
  const Config& config = loaded->config;
  if (auto ok = start_log(config.log_level); !ok) return fail(ok.error());
  const SystemClock clock;
  warn_of_deadlines_that_never_come(config.rules);
  warn_of_expired_certificate(config.gateway.server, clock.wall_now());
  gateway::GatewayOptions options = config.gateway;
  if (auto ok = make_room_for_files(options); !ok) return fail(ok.error());
  const auto database = store::sqlite_path(config.store_url);
  if (!database) return fail(database.error());
  options.spool_file = *database + ".spool";
  auto books = open_books(config, *database, clock.wall_now());
  if (!books) return fail(books.error());
  return serve_until_told(source, *loaded, options, std::move(fingerprint), std::move(*books),
                          clock, signals);
}

}  // namespace

void add_serve(CLI::App& app, Runner& runner) {
  auto options = std::make_shared<ConfigSource>();
  CLI::App* command = app.add_subcommand("serve", "the OpenAI-compatible gateway, until Ctrl-C");
  command->add_option("--config", options->file, "the configuration")
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
