// ooe serve: the gateway, until Ctrl-C or SIGTERM. SIGHUP, or a change of its files, reloads them.
#include <csignal>
#include <cstdio>

#include "base/clock.h"
#include "base/log.h"
#include "cli/command.h"
#include "cli/reload.h"
#include "cli/stop_signal.h"
#include "gateway/gateway.h"
#include "store/receipt_writer.h"
#include "store/store.h"

namespace ooe::cli {
namespace {

constexpr std::chrono::seconds kDrain{20};
constexpr std::chrono::milliseconds kLook{1'000};  // from one look at the files to the next

struct Options {
  std::string config = "ooe.toml";
  std::string listen;
};

void tell_models(const orchestrator::Orchestrator& orchestrator) {
  for (const auto& model : orchestrator.models()) {
    fmt::print("model {}: predicted quality {:.3f} at {:.4f} USD per 1,000 queries\n", model.name,
               model.calibrated.quality, 1000.0 * model.calibrated.cost_usd);
  }
}

std::string spool_path(std::string_view store_url) {
  constexpr std::string_view kScheme = "sqlite:";
  if (store_url.starts_with(kScheme)) store_url.remove_prefix(kScheme.size());
  return std::string(store_url) + ".spool";
}

// Budgets go on where whoever served before has left them.
Result<gateway::SpentByKey> spent_by_key(store::Store& store, WallTime now) {
  const auto today = store.cost_by_key(gateway::start_of_day(now));
  if (!today) return fail(today.error());
  const auto this_month = store.cost_by_key(gateway::start_of_month(now));
  if (!this_month) return fail(this_month.error());
  gateway::SpentByKey spent;
  for (const auto& [key, cost] : *today) spent[key].day = cost;
  for (const auto& [key, cost] : *this_month) spent[key].month = cost;
  return spent;
}

// The new generation, or an error that leaves the last one in force.
Result<void> reload(const Options& options, gateway::Gateway& gateway, Loaded& in_force) {
  auto next = load_all(options.config);
  if (!next) return fail(next.error());
  if (!options.listen.empty()) next->config.gateway.server.listen = options.listen;
  if (auto ok = gateway.reload(next->serving); !ok) return ok;
  spdlog::info("reloaded {}: {}", options.config, describe_changes(in_force, *next));
  in_force = std::move(*next);
  return {};
}

// Until a signal to stop: reloads on SIGHUP, and when a file behind the configuration has changed.
void keep_up_to_date(const Options& options, StopSignal& signals, gateway::Gateway& gateway,
                     Loaded& in_force) {
  FileWatch watch(files_behind(options.config, in_force.config));
  for (;;) {
    const auto signal = signals.wait_for(kLook);
    if (signal && *signal != SIGHUP) return;
    if (!watch.changed() && !signal) continue;
    if (const auto ok = reload(options, gateway, in_force); !ok) {
      gateway.count_failed_reload();
      spdlog::error("not reloaded, all stays as it was: {}", ok.error().message);
      continue;
    }
    watch = FileWatch(files_behind(options.config, in_force.config));
  }
}

Result<int> serve(const Options& options) {
  StopSignal signals;
  signals.take_hang_up();
  auto loaded = load_all(options.config);
  if (!loaded) return fail(loaded.error());
  Config& config = loaded->config;
  if (!options.listen.empty()) config.gateway.server.listen = options.listen;
  if (auto ok = start_log(config.log_level); !ok) return fail(ok.error());
  auto store = store::open_store(config.store_url);
  if (!store) return fail(store.error());

  const SystemClock clock;
  store::ReceiptSpool spool(spool_path(config.store_url));
  // First, since budgets count what was spooled too.
  const auto replayed = spool.replay(**store);
  if (!replayed) return fail(replayed.error());
  if (replayed->stored > 0) spdlog::info("{} receipts replayed", replayed->stored);
  const auto spent = spent_by_key(**store, clock.wall_now());
  if (!spent) return fail(spent.error());
  store::ReceiptWriter receipts(std::move(*store), {}, std::move(spool));
  auto gateway = gateway::Gateway::start(config.gateway, loaded->serving, clock, receipts, *spent);
  if (!gateway) return fail(gateway.error());
  tell_models(*loaded->serving.orchestrator);
  fmt::print("listening on http://{}:{}/v1{}\n",
             http::parse_listen_address(config.gateway.server.listen)->host, (*gateway)->port(),
             config.keys_file ? ", for clients with a key" : "");
  std::fflush(stdout);

  keep_up_to_date(options, signals, **gateway, *loaded);
  fmt::print("stopping: running requests have {} s to end\n", kDrain.count());
  std::fflush(stdout);
  (*gateway)->stop(kDrain);
  receipts.close();
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
      ->type_name("HOST:PORT");
  set_work(*command, options, runner, "ooe serve --config ooe.toml", serve);
}

}  // namespace ooe::cli
