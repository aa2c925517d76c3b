// ooe serve: the gateway, until Ctrl-C or SIGTERM.
#include <cstdio>

#include "base/clock.h"
#include "base/log.h"
#include "cli/command.h"
#include "cli/serving.h"
#include "cli/stop_signal.h"
#include "experts/http_chat_client.h"
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

Result<int> serve(const Options& options) {
  StopSignal signal;
  auto config = load_config(options.config);
  if (!config) return fail(config.error());
  if (!options.listen.empty()) config->gateway.server.listen = options.listen;
  if (auto ok = start_log(config->log_level); !ok) return fail(ok.error());
  auto endpoints = experts::resolve_endpoints(config->catalogue);
  if (!endpoints) return fail(endpoints.error());
  auto orchestrator = make_orchestrator(*config);
  if (!orchestrator) return fail(orchestrator.error());
  auto store = store::open_store(config->store_url);
  if (!store) return fail(store.error());

  const SystemClock clock;
  store::ReceiptWriter receipts(std::move(*store));
  const auto shared = std::make_shared<const orchestrator::Orchestrator>(std::move(*orchestrator));
  auto gateway = gateway::Gateway::start(
      config->gateway, shared, std::make_shared<const experts::Endpoints>(std::move(*endpoints)),
      clock, receipts);
  if (!gateway) return fail(gateway.error());
  tell_models(*shared);
  fmt::print("listening on http://{}:{}/v1\n",
             http::parse_listen_address(config->gateway.server.listen)->host, (*gateway)->port());
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
