// ooe adapt: a model and a few outcomes in; a model that knows one expert more, or one less, or the
// levels of those it knows on other questions, out. Nothing is refitted.
#include "predictor/adapt.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/check.h"
#include "cli/data_options.h"
#include "cli/note.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/output_place.h"

namespace ooe::cli {
namespace {

struct AdaptOptions {
  DataOptions data;
  std::string model = "model.ooe";
  std::string out;
  std::vector<std::string> remove;
  JsonOption json;
};

struct Adapted {
  std::size_t before = 0;  // experts that stayed
  std::size_t removed = 0;
  std::vector<predictor::LevelMove> moves;
};

std::string adapted_text(const AdaptOptions& options, const predictor::Model& model,
                         const Adapted& adapted) {
  const std::size_t after = model.card().experts.size();
  std::string text =
      fmt::format("{}: {} experts, {} added, {} removed, levels of {} moved\n", options.out, after,
                  after - adapted.before, adapted.removed, adapted.moves.size());
  for (const predictor::LevelMove& move : adapted.moves) {
    text += fmt::format("  {}: {:+.4f} by {} outcomes\n", move.expert, move.by, move.outcomes);
  }
  return text;
}

std::string adapted_json(const AdaptOptions& options, const predictor::Model& model,
                         const Adapted& adapted) {
  using nlohmann::ordered_json;
  const std::vector<std::string>& experts = model.card().experts;
  ordered_json moves = ordered_json::array();
  for (const predictor::LevelMove& move : adapted.moves) {
    moves.push_back({{"expert", move.expert}, {"by", move.by}, {"outcomes", move.outcomes}});
  }
  const auto first_new = experts.begin() + static_cast<std::ptrdiff_t>(adapted.before);
  const ordered_json json{{"model", options.out},
                          {"experts", experts},
                          {"added", std::vector<std::string>(first_new, experts.end())},
                          {"removed", adapted.removed},
                          {"levels_moved", std::move(moves)}};
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace);
}

// What a model counted once it counts again, for it keeps no list: outcomes that it was trained on
// move the levels of experts it knows though they say nothing new.
void warn_of_known(const AdaptOptions& options, const predictor::Model& model, const Dataset& data,
                   const std::vector<predictor::LevelMove>& moves) {
  if (moves.empty()) return;
  std::vector<std::size_t> known;  // columns of the experts that it knows
  for (const predictor::LevelMove& move : moves) {
    const auto column = data.outcomes.column_of(move.expert);
    OOE_CHECK(column.has_value(), "outcomes here moved the level");
    known.push_back(*column);
  }
  std::vector<QueryId> answered;
  for (std::size_t i = 0; i < data.query_ids.size(); ++i) {
    const bool by_known = std::ranges::any_of(known, [&](std::size_t column) {
      return !std::isnan(data.outcomes.score[data.outcomes.at(i, column)]);
    });
    if (by_known) answered.push_back(data.query_ids[i]);
  }
  const std::size_t trained_on = predictor::count_trained_on(model, answered);
  if (trained_on == 0) return;
  note(
      "{}: was trained on {} of the {} questions that experts it knows answered here, at "
      "least; those outcomes count once more and move their levels. Give it new questions, "
      "or only the new experts (--experts)\n",
      options.model, trained_on, answered.size());
}

Result<int> adapt(const AdaptOptions& options) {
  // A model may be replaced by itself, adapted: that is read whole before, and written at once.
  const std::vector<Output> outputs{{"--out", options.out, Holds::model},
                                    json_output(options.json)};
  if (auto ok = check_outputs(outputs, files_of(options.data)); !ok) return fail(ok.error());
  if (auto ok = check_json_place(options.json, {options.model}); !ok) return fail(ok.error());
  auto model = predictor::load_model(options.model);
  if (!model) return fail(model.error());
  const std::set<std::string> removed(options.remove.begin(), options.remove.end());
  // First out, then in: whoever is removed and has outcomes here is learned anew.
  if (!removed.empty()) {
    model = predictor::without_experts(*model, {removed.begin(), removed.end()});
    if (!model) return fail(model.error().code, "{}: {}", options.model, model.error().message);
  }
  Adapted adapted{.before = model->card().experts.size(), .removed = removed.size(), .moves = {}};
  const bool named = !options.data.outcomes.empty() || !options.data.db.empty();
  if (named || removed.empty()) {
    const auto data = load_training_data(options.data);
    if (!data) return fail(data.error());
    adapted.moves = predictor::level_moves(*model, *data);
    warn_of_known(options, *model, *data, adapted.moves);
    model = predictor::adapt(*model, *data);
    if (!model) return fail(model.error());
  }
  if (auto saved = predictor::save_model(*model, options.out); !saved) return fail(saved.error());
  const auto printed = print_result(options.json, adapted_text(options, *model, adapted),
                                    [&] { return adapted_json(options, *model, adapted); });
  if (!printed) return fail(printed.error());
  return 0;
}

}  // namespace

void add_adapt(CLI::App& app, Runner& runner) {
  auto options = std::make_shared<AdaptOptions>();
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
  add_json_option(*command, options->json);
  set_work(*command, options, runner,
           "ooe adapt --model model.ooe --questions q.jsonl --outcomes new.tsv --out model2.ooe",
           adapt);
}

}  // namespace ooe::cli
