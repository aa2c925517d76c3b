// ooe select: which experts earn their place.
#include "universe/select.h"

#include <algorithm>

#include "cli/command.h"
#include "cli/data_options.h"
#include "evaluate/costs.h"
#include "predictor/train.h"
#include "report/universe_json.h"
#include "report/universe_text.h"
#include "universe/objective.h"

namespace ooe::cli {
namespace {

struct Options {
  DataOptions data;
  universe::SelectOptions select;
  std::string objective = "predictable";
  double quality_per_usd = 0.0;
  std::size_t folds = 5;
  predictor::TrainOptions train;
  JsonOption json;
};

Result<int> select(const Options& options) {
  const auto data = load_data(options.data);
  if (!data) return fail(data.error());
  universe::SelectOptions choice = options.select;
  choice.objective = options.objective == "oracle" ? universe::Objective::oracle
                                                   : universe::Objective::predictable;
  std::vector<Prediction> predictions;
  const std::vector<Expert> experts = evaluate::experts_of(*data);
  if (choice.objective == universe::Objective::predictable) {
    ProgressLine progress;
    auto crossed =
        predictor::cross_predict(*data, options.folds, options.train,
                                 [&](std::string_view phase, std::size_t done, std::size_t total) {
                                   progress.show(phase, done, total);
                                 });
    if (!crossed) return fail(crossed.error());
    predictions = std::move(crossed->prediction);
  } else {
    // Costs of answers without a recorded one are estimated at a flat length.
    predictions.resize(
        data->outcomes.score.size(),
        Prediction{
            .quality = 0.0, .quality_sd = 0.0, .output_tokens = 256.0, .cost = std::nullopt});
  }
  const auto priced = evaluate::with_costs(*data, experts, predictions);
  const bool money_counts = options.quality_per_usd > 0.0;
  const auto costs =
      money_counts ? evaluate::realised_costs(*data, experts, priced) : std::vector<float>();
  const bool predicted = choice.objective == universe::Objective::predictable;
  const auto utilities = universe::utilities(
      data->outcomes, costs,
      predicted ? std::span<const Prediction>(priced) : std::span<const Prediction>(),
      options.quality_per_usd);
  if (!utilities) return fail(utilities.error());
  const auto universe = universe::select(*utilities, data->outcomes.experts, choice);
  if (!universe) return fail(universe.error());
  std::vector<ExpertId> members;
  for (const auto& member : universe->members) members.push_back(member.expert);
  const report::Selection selection{.universe = *universe,
                                    .experts = data->outcomes.experts,
                                    .options = choice,
                                    .quality_per_usd = options.quality_per_usd,
                                    .floor = utilities->floor,
                                    .n_queries = utilities->n_queries,
                                    .oracle_utility = universe::oracle_value(*utilities, members)};
  const auto printed =
      print_result(options.json, report::universe_text(selection, stdout_terminal()),
                   [&] { return report::universe_json(selection); });
  if (!printed) return fail(printed.error());
  return 0;
}

}  // namespace

void add_select(CLI::App& app, Runner& runner) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("select", "choose the few experts that complement each other");
  add_data_options(*command, options->data);
  command->add_option("--size", options->select.size_max, "at most so many experts")
      ->capture_default_str();
  command
      ->add_option("--objective", options->objective,
                   "predictable: what routing would get; oracle: what hindsight would")
      ->capture_default_str()
      ->check(CLI::IsMember({"predictable", "oracle"}));
  command->add_option("--include", options->select.include, "an expert that must be in")
      ->take_all()
      ->type_name("NAME");
  command->add_option("--exclude", options->select.exclude, "an expert that must not be in")
      ->take_all()
      ->type_name("NAME");
  command
      ->add_option(
          "--lambda", options->quality_per_usd,
          "what a USD is worth, in points of quality (0 to 1 scale); 0: money is no object")
      ->capture_default_str();
  command->add_option("--folds", options->folds, "of the predictions")
      ->capture_default_str()
      ->check(CLI::Range(2, 100));
  command->add_option("--seed", options->train.seed, "of the folds")->capture_default_str();
  add_json_option(*command, options->json);
  set_work(*command, options, runner,
           "ooe select --questions q.jsonl.gz --outcomes o.tsv.gz --size 4", select);
}

}  // namespace ooe::cli
