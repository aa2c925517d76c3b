// ooe promote: makes a model file the current one, which a running gateway takes up by itself.
#include <filesystem>

#include "base/file.h"
#include "cli/command.h"
#include "cli/config.h"
#include "cli/serving.h"
#include "predictor/model.h"

namespace ooe::cli {
namespace {

struct Options {
  std::string model;
  std::string config = "ooe.toml";
};

// The bytes that were checked are the bytes that are written: the file is read once.
Result<int> promote(const Options& options) {
  auto config = load_config(options.config);
  if (!config) return fail(config.error());
  const std::string current = config->predictor_file;
  const auto bytes = read_file(options.model);
  if (!bytes) return fail(bytes.error());
  const auto model = predictor::Model::parse(*bytes);
  if (!model) {
    return fail(model.error().code, "{}: {}; {} stays as it was", options.model,
                model.error().message, current);
  }
  // Everything the configuration demands of its predictor: goals, experts, prices.
  config->predictor_file = options.model;
  const auto serves = make_orchestrator(*config);
  if (!serves) {
    return fail(serves.error().code, "{}: {}; {} stays as it was", options.model,
                serves.error().message, current);
  }
  if (auto written = write_file_atomically(current, *bytes); !written) return fail(written.error());
  fmt::print("{}: {} experts, kept: {}; now {}\n", options.model, model->card().experts.size(),
             model->card().kept, current);
  return 0;
}

}  // namespace

void add_promote(CLI::App& app, Runner& runner) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "promote", "make a model the current one; a running gateway takes it up by itself");
  command->add_option("model", options->model, "what `ooe train` wrote")
      ->required()
      ->type_name("FILE");
  command->add_option("--config", options->config, "the configuration it is for")
      ->capture_default_str()
      ->type_name("FILE");
  set_work(*command, options, runner, "ooe promote candidate.ooe", promote);
}

}  // namespace ooe::cli
