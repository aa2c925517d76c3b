// ooe promote: makes a model file the current one, which a running gateway takes up by itself.
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "cli/config.h"
#include "cli/model_card_text.h"
#include "cli/note.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/output_place.h"
#include "cli/serving.h"
#include "cli/workspace.h"
#include "predictor/model.h"

namespace ooe::cli {
namespace {

struct PromoteOptions {
  std::string model;
  std::string config = "ooe.toml";
  JsonOption json;
};

std::string promoted_json(const std::string& model, const std::string& current,
                          const predictor::ModelCard& card) {
  nlohmann::ordered_json json{{"model", model}, {"now", current}};
  json.update(card_json(card));
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

// The bytes that were checked are the bytes that are written: the file is read once.
Result<int> promote(const PromoteOptions& options) {
  const Inputs inputs = files_of(WorkspaceOptions{.db = {}, .config = options.config});
  if (auto ok = check_json_place(options.json, {options.model}); !ok) return fail(ok.error());
  auto config = load_config(options.config);
  if (!config) return fail(config.error());
  const std::string current = config->predictor_file;
  const std::vector<Output> outputs{{"[predictor] file", current, Holds::model},
                                    json_output(options.json)};
  if (auto ok = check_outputs(outputs, inputs); !ok) return fail(ok.error());
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
  const predictor::ModelCard& card = model->card();
  const auto printed = print_result(options.json,
                                    fmt::format("{}: {} experts, kept: {}; now {}\n", options.model,
                                                card.experts.size(), card.kept, current),
                                    [&] { return promoted_json(options.model, current, card); });
  if (!printed) return fail(printed.error());
  if (const std::string warning = prior_knew_text(card, options.model); !warning.empty()) {
    note("{}\n", warning);
  }
  return 0;
}

}  // namespace

void add_promote(CLI::App& app, Runner& runner) {
  auto options = std::make_shared<PromoteOptions>();
  CLI::App* command = app.add_subcommand(
      "promote", "make a model the current one; a running gateway takes it up by itself");
  command->add_option("model", options->model, "what `ooe train` wrote")
      ->required()
      ->type_name("FILE");
  command->add_option("--config", options->config, "the configuration it is for")
      ->capture_default_str()
      ->type_name("FILE");
  add_json_option(*command, options->json);
  set_work(*command, options, runner, "ooe promote candidate.ooe", promote);
}

}  // namespace ooe::cli
