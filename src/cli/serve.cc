// ooe serve: the gateway, until Ctrl-C or SIGTERM.
#include <cstdio>

#include "base/clock.h"
#include "base/log.h"
#include "cli/command.h"
#include "cli/serving.h"
#include "cli/stop_signal.h"
#include "gateway/gateway.h"
#include "store/receipt_writer.h"
#include "store/store.h"

namespace ooe::cli {
namespace {

constexpr std::chrono::seconds kDrain{20};

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

Result<int> serve(const Options& options) {
  StopSignal signal;
  auto config = load_config(options.config);
  if (!config) return fail(config.error());
  if (!options.listen.empty()) config->gateway.server.listen = options.listen;
  if (auto ok = start_log(config->log_level); !ok) return fail(ok.error());
  auto serving = make_serving(*config);
  if (!serving) return fail(serving.error());
  auto store = store::open_store(config->store_url);
  if (!store) return fail(store.error());

  const SystemClock clock;
  const auto spent = spent_by_key(**store, clock.wall_now());
  if (!spent) return fail(spent.error());
  store::ReceiptWriter receipts(std::move(*store));
  const auto orchestrator = serving->orchestrator;
  auto gateway =
      gateway::Gateway::start(config->gateway, std::move(*serving), clock, receipts, *spent);
  if (!gateway) return fail(gateway.error());
  tell_models(*orchestrator);
  fmt::print("listening on http://{}:{}/v1{}\n",
             http::parse_listen_address(config->gateway.server.listen)->host, (*gateway)->port(),
             config->keys_file ? ", for clients with a key" : "");
  std::fflush(stdout);

  signal.wait();
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
