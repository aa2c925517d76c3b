// ooe select: which experts earn their place.
#include "universe/select.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "base/file.h"
#include "base/parse_number.h"
#include "cli/data_options.h"
#include "cli/note.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/output_place.h"
#include "cli/predictions.h"
#include "evaluate/costs.h"
#include "evaluate/selection.h"
#include "evaluate/served.h"
#include "evaluate/within_budget.h"
#include "predictor/train.h"
#include "report/universe_json.h"
#include "report/universe_text.h"
#include "universe/blanks.h"
#include "universe/objective.h"

namespace ooe::cli {
namespace {

struct SelectOptions {
  DataOptions data;
  universe::SelectOptions select;
  std::string objective = "predictable";
  double quality_per_usd = 0.0;
  std::optional<double> usd_per_1k;
  std::vector<std::string> fixed_costs;  // NAME=USD
  std::string fixed_usd_per_month;       // empty: no limit
  std::vector<std::string> zones;        // NAME=ZONE
  std::vector<std::string> zone_limits;  // ZONE=N
  std::size_t folds = 5;
  predictor::TrainOptions train;
  std::string out;
  JsonOption json;
};

// The table as selection reads it.
struct Ground {
  Dataset data;
  std::vector<Prediction> priced;  // predictions with expected costs
  std::vector<float> costs;        // of real answers; empty when some are unknown
  bool predicted = false;          // the predictions say something
  universe::WithoutBlanks fair;    // the outcomes, with nobody behind for want of being asked
};

using Assignment = std::pair<std::string, std::string>;

Result<Assignment> parse_assignment(const std::string& text) {
  const std::size_t at = text.rfind('=');
  if (at == std::string::npos || at == 0 || at + 1 == text.size()) {
    return fail(ErrorCode::invalid_argument, "'{}': give NAME=VALUE", text);
  }
  return Assignment(text.substr(0, at), text.substr(at + 1));
}

struct Amount {
  std::string name;
  Usd value;
};

// "gpt-4=30"
Result<Amount> parse_amount(const std::string& text) {
  const auto parts = parse_assignment(text);
  if (!parts) return fail(parts.error());
  const auto value = parse_usd(parts->second);
  if (value) return Amount{parts->first, *value};
  return fail(ErrorCode::invalid_argument, "what '{}' costs: {}", parts->first,
              value.error().message);
}

struct ZoneLimit {
  std::string zone;
  std::size_t experts_max = 0;
};

// "eu=2"
Result<ZoneLimit> parse_zone_limit(const std::string& text) {
  const auto parts = parse_assignment(text);
  if (!parts) return fail(parts.error());
  const std::string& number = parts->second;
  const auto experts_max = parse_number<std::size_t>(number);
  if (experts_max) return ZoneLimit{.zone = parts->first, .experts_max = *experts_max};
  return fail(ErrorCode::invalid_argument, "'{}' of '{}' is no whole number of experts", number,
              parts->first);
}

// Options that name experts and zones, as select() wants them; their own checks have read them
// before.
Result<universe::SelectOptions> choice_of(const Dataset& data, const SelectOptions& options) {
  universe::SelectOptions choice = options.select;
  choice.objective = options.objective == "oracle" ? universe::Objective::oracle
                                                   : universe::Objective::predictable;
  for (const std::string& text : options.fixed_costs) {
    const Amount cost = *parse_amount(text);
    const auto expert = find_expert(data, cost.name, "--fixed-cost");
    if (!expert) return fail(expert.error());
    choice.fixed_per_month.resize(data.outcomes.n_experts());
    choice.fixed_per_month[expert->index()] = cost.value;
  }
  if (!options.fixed_usd_per_month.empty()) {
    choice.fixed_per_month_max = *parse_usd(options.fixed_usd_per_month);
  }
  for (const std::string& text : options.zones) {
    const auto [name, zone] = *parse_assignment(text);
    const auto expert = find_expert(data, name, "--zone");
    if (!expert) return fail(expert.error());
    choice.zones.resize(data.outcomes.n_experts());
    choice.zones[expert->index()] = zone;
  }
  for (const std::string& text : options.zone_limits) {
    const ZoneLimit limit = *parse_zone_limit(text);
    choice.zone_limits.push_back({limit.zone, limit.experts_max});
  }
  return choice;
}

// Where money counts, everybody's answers have a cost.
Result<void> check_costs(const Dataset& data, const SelectOptions& options) {
  if (!options.usd_per_1k && options.quality_per_usd == 0.0) return {};
  const auto experts = evaluate::experts_of(data);
  const auto costs = evaluate::realised_costs(
      data, experts, evaluate::with_costs(data, experts, flat_predictions(data)));
  for (std::size_t i = 0; i < experts.size(); ++i) {
    for (std::size_t query = 0; query < data.outcomes.n_queries(); ++query) {
      const std::size_t cell = data.outcomes.at(query, i);
      if (std::isnan(data.outcomes.score[cell])) continue;
      if (experts[i].prices && !std::isnan(costs[cell])) continue;
      return fail(ErrorCode::invalid_argument,
                  "{}: nothing says what '{}' costs; add --price '{}=IN/OUT', --prices or --usage",
                  options.usd_per_1k ? "--usd-per-1k" : "--lambda", experts[i].name,
                  experts[i].name);
    }
  }
  return {};
}

Result<Ground> ground_of(Dataset data, const SelectOptions& options, bool predicted) {
  Ground ground{
      .data = std::move(data), .priced = {}, .costs = {}, .predicted = predicted, .fair = {}};
  predictor::CrossPredictions crossed;
  if (predicted) {
    ProgressLine progress;
    predictor::TrainOptions train = options.train;
    train.rivals = false;  // nobody looks at them here
    auto made =
        predictor::cross_predict(ground.data, options.folds, train,
                                 [&](std::string_view phase, std::size_t done, std::size_t total) {
                                   progress.show(phase, done, total);
                                 });
    if (!made) return fail(made.error());
    crossed = std::move(*made);
    evaluate::as_served(crossed.prediction, ground.data.outcomes.n_experts(), crossed.fold,
                        crossed.held_out);
  } else {
    crossed.prediction = flat_predictions(ground.data);
  }
  if (const std::size_t left_out = leave_out_selfplay(ground.data, crossed); left_out > 0) {
    note("{} questions of self-play do not count\n", left_out);
  }
  const std::vector<Expert> experts = evaluate::experts_of(ground.data);
  ground.priced = evaluate::with_costs(ground.data, experts, crossed.prediction);
  ground.costs = evaluate::realised_costs(ground.data, experts, ground.priced);
  ground.fair = universe::without_blanks(ground.data, options.select.exclude);
  return ground;
}

Result<universe::Utilities> utilities_of(const Ground& ground, double quality_per_usd) {
  const auto predictions =
      ground.predicted ? std::span<const Prediction>(ground.priced) : std::span<const Prediction>();
  const auto costs =
      quality_per_usd > 0.0 ? std::span<const float>(ground.costs) : std::span<const float>();
  return universe::utilities(ground.fair.outcomes, costs, predictions, quality_per_usd);
}

Result<evaluate::WithinBudget> within_budget(const Ground& ground,
                                             const universe::SelectOptions& choice,
                                             double usd_per_1k) {
  const auto predictions =
      ground.predicted ? std::span<const Prediction>(ground.priced) : std::span<const Prediction>();
  return evaluate::best_within(ground.fair.outcomes, ground.costs, predictions, choice, usd_per_1k);
}

// One name a line, in the order chosen: what --experts @FILE reads.
Result<void> write_names(const std::string& path, const Universe& universe,
                         const std::vector<std::string>& experts) {
  std::string text;
  for (const UniverseMember& member : universe.members) {
    text += experts[member.expert.index()] + "\n";
  }
  return write_file_atomically(path, text);
}

Result<void> check_select(const SelectOptions& options) {
  for (const std::string& name : options.select.include) {
    if (std::ranges::find(options.select.exclude, name) == options.select.exclude.end()) continue;
    return fail(ErrorCode::invalid_argument, "'{}' is both in --include and in --exclude", name);
  }
  if (options.select.include.size() <= options.select.size_max) return {};
  return fail(ErrorCode::invalid_argument, "--include names {} experts, and --size {} has no room",
              options.select.include.size(), options.select.size_max);
}

Result<int> select(const SelectOptions& options) {
  const std::vector<Output> outputs{{"--out", options.out}, json_output(options.json)};
  if (auto ok = check_outputs(outputs, files_of(options.data)); !ok) return fail(ok.error());
  auto data = load_data(options.data);
  if (!data) return fail(data.error());
  // What can be wrong with the options is said before the predictions are made, which may take
  // long.
  auto choice = choice_of(*data, options);
  if (!choice) return fail(choice.error());
  if (auto ok = universe::check(data->outcomes.experts, *choice); !ok) return fail(ok.error());
  if (auto ok = check_costs(*data, options); !ok) return fail(ok.error());
  const auto ground = ground_of(std::move(*data), options, options.objective == "predictable");
  if (!ground) return fail(ground.error());
  choice->answer_cost = evaluate::costs_alone(ground->data.outcomes, ground->costs);
  const auto& experts = ground->data.outcomes.experts;
  double quality_per_usd = options.quality_per_usd;
  std::optional<Universe> universe;
  if (options.usd_per_1k) {
    auto found = within_budget(*ground, *choice, *options.usd_per_1k);
    if (!found) return fail(found.error());
    quality_per_usd = found->quality_per_usd;
    universe = std::move(found->universe);
  }
  const auto utilities = utilities_of(*ground, quality_per_usd);
  if (!utilities) return fail(utilities.error());
  if (!universe) {
    auto selected = universe::select(*utilities, experts, *choice);
    if (!selected) return fail(selected.error());
    universe = std::move(*selected);
  }
  const report::Selection selection{
      .universe = *universe,
      .figures = evaluate::selection_figures(*utilities, experts, *universe, *choice, ground->costs,
                                             {.seed = options.train.seed}),
      .experts = experts,
      .options = *choice,
      .quality_per_usd = quality_per_usd,
      .n_queries = utilities->n_queries,
      .cells = ground->fair.cells,
      .blank_cells = ground->fair.blank,
      .only_common = ground->fair.only_common};
  if (!options.out.empty()) {
    if (auto ok = write_names(options.out, *universe, experts); !ok) return fail(ok.error());
  }
  const auto printed =
      print_result(options.json, report::universe_text(selection, stdout_terminal()),
                   [&] { return report::universe_json(selection); });
  if (!printed) return fail(printed.error());
  return 0;
}

}  // namespace

void add_select(CLI::App& app, Runner& runner) {
  auto options = std::make_shared<SelectOptions>();
  CLI::App* command =
      app.add_subcommand("select", "choose the few experts that complement each other");
  add_data_options(*command, options->data);
  command->add_option("--size", options->select.size_max, "at most so many experts")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000));
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
  auto* lambda =
      command
          ->add_option(
              "--lambda", options->quality_per_usd,
              "what a USD is worth, in points of quality (0 to 1 scale); 0: money is no object")
          ->check(number_between(0.0, 1e9))
          ->capture_default_str();
  command
      ->add_option("--usd-per-1k", options->usd_per_1k,
                   "what 1,000 queries may cost; finds --lambda for it")
      ->type_name("USD")
      ->check(number_between(0.0, 1e9))
      ->excludes(lambda);
  command
      ->add_option("--fixed-cost", options->fixed_costs,
                   "what an expert costs a month even while idle, USD")
      ->check(readable_by(parse_amount))
      ->take_all()
      ->type_name("NAME=USD");
  command
      ->add_option("--fixed-usd-per-month", options->fixed_usd_per_month,
                   "what all experts together may cost a month")
      ->check(readable_by(parse_usd))
      ->type_name("USD");
  command->add_option("--zone", options->zones, "where an expert runs")
      ->check(readable_by(parse_assignment))
      ->take_all()
      ->type_name("NAME=ZONE");
  command->add_option("--zone-limit", options->zone_limits, "at most so many experts of a zone")
      ->check(readable_by(parse_zone_limit))
      ->take_all()
      ->type_name("ZONE=N");
  command->add_option("--folds", options->folds, "of the predictions")
      ->capture_default_str()
      ->check(CLI::Range(2, 100));
  command->add_option("--seed", options->train.seed, "of the folds")
      ->capture_default_str()
      ->check(whole_number());
  command
      ->add_option("--out", options->out,
                   "write the names that were chosen, one a line, for --experts @FILE")
      ->check(not_empty())
      ->type_name("FILE");
  add_json_option(*command, options->json);
  set_work(*command, options, runner,
           "ooe select --questions q.jsonl.gz --outcomes o.tsv.gz --size 4 --out chosen.txt\n"
           "  ooe train --questions q.jsonl.gz --outcomes o.tsv.gz --experts @chosen.txt",
           select, check_select);
}

}  // namespace ooe::cli
