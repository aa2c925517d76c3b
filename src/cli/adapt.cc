// ooe adapt: a model and a few outcomes in; a model that knows one expert more, or one less, or the
// levels of those it knows on other questions, out. Nothing is refitted.
#include "predictor/adapt.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

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

// What a model counted once it counts again, for it keeps no list: outcomes that it was trained on
// move the levels of experts it knows though they say nothing new.
void warn_of_known(const Options& options, const predictor::Model& model, const Dataset& data,
                   const std::vector<predictor::LevelMove>& moves) {
  if (moves.empty()) return;
  std::vector<QueryId> answered;
  for (std::size_t i = 0; i < data.query_ids.size(); ++i) {
    const bool by_known = std::ranges::any_of(moves, [&](const predictor::LevelMove& move) {
      const auto at = std::ranges::find(data.outcomes.experts, move.expert);
      const auto column = static_cast<std::size_t>(at - data.outcomes.experts.begin());
      return !std::isnan(data.outcomes.score[data.outcomes.at(i, column)]);
    });
    if (by_known) answered.push_back(data.query_ids[i]);
  }
  const std::size_t trained_on = predictor::count_trained_on(model, answered);
  if (trained_on == 0) return;
  fmt::print(stderr,
             "{}: was trained on {} of the {} questions that experts it knows answered here, at "
             "least; those outcomes count once more and move their levels. Give it new questions, "
             "or only the new experts (--experts)\n",
             options.model, trained_on, answered.size());
}

Result<int> adapt(const Options& options) {
  if (auto ok = check_file_place("--out", options.out); !ok) return fail(ok.error());
  auto model = predictor::load_model(options.model);
  if (!model) return fail(model.error());
  const std::set<std::string> removed(options.remove.begin(), options.remove.end());
  // First out, then in: whoever is removed and has outcomes here is learned anew.
  if (!removed.empty()) {
    model = predictor::without_experts(*model, {removed.begin(), removed.end()});
    if (!model) return fail(model.error().code, "{}: {}", options.model, model.error().message);
  }
  const std::size_t before = model->card().experts.size();
  std::vector<predictor::LevelMove> moves;
  const bool named = !options.data.outcomes.empty() || !options.data.db.empty();
  if (named || removed.empty()) {
    const auto data = load_training_data(options.data);
    if (!data) return fail(data.error());
    moves = predictor::level_moves(*model, *data);
    warn_of_known(options, *model, *data, moves);
    model = predictor::adapt(*model, *data);
    if (!model) return fail(model.error());
  }
  if (auto saved = predictor::save_model(*model, options.out); !saved) return fail(saved.error());
  const std::size_t after = model->card().experts.size();
  fmt::print("{}: {} experts, {} added, {} removed, levels of {} moved\n", options.out, after,
             after - before, removed.size(), moves.size());
  for (const predictor::LevelMove& move : moves) {
    fmt::print("  {}: {:+.4f} by {} outcomes\n", move.expert, move.by, move.outcomes);
  }
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
  command
      ->add_option("--remove", options->remove,
                   "experts to take out, by their exact names; one with outcomes in the files or "
                   "the --db that are given is learned anew")
      ->type_name("NAME");
  set_work(*command, options, runner,
           "ooe adapt --model model.ooe --questions q.jsonl --outcomes new.tsv --out model2.ooe",
           adapt);
}

}  // namespace ooe::cli
