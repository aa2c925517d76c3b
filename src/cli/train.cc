// ooe train: outcomes in, a model file out.
#include "predictor/train.h"

#include <optional>

#include <nlohmann/json.hpp>

#include "cli/data_options.h"
#include "cli/model_card_text.h"
#include "cli/note.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/output_place.h"
#include "learn/blas.h"
#include "predictor/contamination.h"
#include "predictor/model_card.h"

namespace ooe::cli {
namespace {

struct TrainOptions {
  DataOptions data;
  std::string out = "model.ooe";
  std::string prior_model;
  predictor::TrainOptions train;
  JsonOption json;
};

std::string trained_text(const predictor::Model& model, const Dataset& data,
                         const TrainOptions& options) {
  const predictor::ModelCard& card = model.card();
  return card_text(card, options.train.folds, predictor::moves_training_splits(data),
                   stdout_terminal()) +
         fmt::format("{}: {} experts, {:.0f} different texts, kept: {}\n", options.out,
                     card.experts.size(), metric_of(card, "questions"), card.kept);
}

std::string trained_json(const predictor::Model& model, const TrainOptions& options) {
  nlohmann::ordered_json json{{"model", options.out}};
  json.update(card_json(model.card()));
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

Result<int> train(const TrainOptions& options) {
  Inputs inputs = files_of(options.data);
  inputs.push_back(options.prior_model);
  const std::vector<Output> outputs{{"--out", options.out, Holds::model},
                                    json_output(options.json)};
  if (auto ok = check_outputs(outputs, inputs); !ok) return fail(ok.error());
  const auto data = load_training_data(options.data);
  if (!data) return fail(data.error());
  predictor::TrainOptions train_options = options.train;
  std::optional<predictor::Model> prior;
  if (!options.prior_model.empty()) {
    auto loaded = predictor::load_model(options.prior_model);
    if (!loaded) return fail(loaded.error());
    prior = std::move(*loaded);
    train_options.prior = &*prior;
  }
  if (const auto advice = learn::advice_on_kernels()) note("ooe train: {}\n", *advice);
  ProgressLine progress;
  const auto model = predictor::train(
      *data, train_options, [&](std::string_view phase, std::size_t done, std::size_t total) {
        progress.show(phase, done, total);
      });
  progress.clear();
  if (!model) return fail(model.error());
  if (auto saved = predictor::save_model(*model, options.out); !saved) return fail(saved.error());
  const auto printed = print_result(options.json, trained_text(*model, *data, options),
                                    [&] { return trained_json(*model, options); });
  if (!printed) return fail(printed.error());
  if (const std::string warning = prior_knew_text(model->card(), options.out, options.prior_model);
      !warning.empty()) {
    note("{}\n", warning);
  }
  return 0;
}

}  // namespace

void add_train(CLI::App& app, Runner& runner) {
  auto options = std::make_shared<TrainOptions>();
  CLI::App* command =
      app.add_subcommand("train", "learn from outcomes how well each expert would answer");
  add_data_options(*command, options->data);
  command->add_option("--out", options->out, "the model file")
      ->capture_default_str()
      ->type_name("FILE");
  command
      ->add_option("--prior-model", options->prior_model,
                   "a model of other, related questions, whose view of each text becomes a feature")
      ->type_name("FILE");
  command->add_option("--seed", options->train.seed, "of folds and samples")
      ->capture_default_str()
      ->check(whole_number());
  add_threads_option(*command, options->train.threads);
  command->add_flag("!--no-baselines", options->train.rivals,
                    "do not fit the baselines that are shown beside");
  add_json_option(*command, options->json);
  set_work(*command, options, runner,
           "ooe train --questions q.jsonl.gz --outcomes o.tsv.gz --out model.ooe", train);
}

}  // namespace ooe::cli
