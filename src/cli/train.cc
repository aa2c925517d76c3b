// ooe train: outcomes in, a model file out.
#include "predictor/train.h"

#include "cli/command.h"
#include "cli/data_options.h"

namespace ooe::cli {
namespace {

struct Options {
  DataOptions data;
  std::string out = "model.ooe";
  predictor::TrainOptions train;
};

Result<int> train(const Options& options) {
  const auto data = load_data(options.data);
  if (!data) return fail(data.error());
  ProgressLine progress;
  const auto model = predictor::train(
      *data, options.train, [&](std::string_view phase, std::size_t done, std::size_t total) {
        progress.show(phase, done, total);
      });
  progress.clear();
  if (!model) return fail(model.error());
  if (auto saved = predictor::save_model(*model, options.out); !saved) return fail(saved.error());
  const predictor::ModelCard& card = model->card();
  fmt::print("{}: {} experts, kept: {}\n", options.out, card.experts.size(), card.kept);
  for (const auto& metric : card.metrics)
    fmt::print("  {:<24} {:.4f}\n", metric.name, metric.value);
  return 0;
}

}  // namespace

void add_train(CLI::App& app, Runner& runner) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("train", "learn from outcomes how well each expert would answer");
  add_data_options(*command, options->data);
  command->add_option("--out", options->out, "the model file")
      ->capture_default_str()
      ->type_name("FILE");
  command->add_option("--seed", options->train.seed, "of folds and samples")->capture_default_str();
  command->add_option("--threads", options->train.threads, "0: all cores; the result is the same")
      ->capture_default_str();
  set_work(*command, options, runner,
           "ooe train --questions q.jsonl.gz --outcomes o.tsv.gz --out model.ooe", train);
}

}  // namespace ooe::cli
