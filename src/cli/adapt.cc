// ooe adapt: a model and a few outcomes in; a model that knows one expert more, or one less, or the
// levels of those it knows on other questions, out. Nothing is refitted.
#include "predictor/adapt.h"

#include "cli/command.h"
#include "cli/data_options.h"
#include "cli/output_place.h"

namespace ooe::cli {
namespace {

struct Options {
  DataOptions data;
  std::string model = "model.ooe";
  std::string out;
  std::vector<std::string> remove;
};

Result<int> adapt(const Options& options) {
  if (auto ok = check_file_place("--out", options.out); !ok) return fail(ok.error());
  auto model = predictor::load_model(options.model);
  if (!model) return fail(model.error());
  const std::size_t before = model->card().experts.size();
  if (!options.data.outcomes.empty() || options.remove.empty()) {
    const auto data = load_training_data(options.data);
    if (!data) return fail(data.error());
    model = predictor::adapt(*model, *data);
    if (!model) return fail(model.error());
  }
  const std::size_t added = model->card().experts.size() - before;
  if (!options.remove.empty()) {
    model = predictor::without_experts(*model, options.remove);
    if (!model) return fail(model.error().code, "{}: {}", options.model, model.error().message);
  }
  if (auto saved = predictor::save_model(*model, options.out); !saved) return fail(saved.error());
  fmt::print("{}: {} experts, {} added, {} removed\n", options.out, model->card().experts.size(),
             added, options.remove.size());
  return 0;
}

}  // namespace

void add_adapt(CLI::App& app, Runner& runner) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "adapt", "teach a model a new expert from a few outcomes, or take one out, without training");
  add_data_options(*command, options->data);
  command->add_option("--model", options->model, "the model file to start from")
      ->capture_default_str()
      ->type_name("FILE");
  command->add_option("--out", options->out, "the model file to write")
      ->required()
      ->type_name("FILE");
  command->add_option("--remove", options->remove, "experts to take out, by their exact names")
      ->type_name("NAME");
  set_work(*command, options, runner,
           "ooe adapt --model model.ooe --questions q.jsonl --outcomes new.tsv --out model2.ooe",
           adapt);
}

}  // namespace ooe::cli
