// ooe select: which experts earn their place.
#include "universe/select.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "cli/command.h"
#include "cli/data_options.h"
#include "cli/predictions.h"
#include "evaluate/costs.h"
#include "evaluate/selection.h"
#include "predictor/train.h"
#include "report/universe_json.h"
#include "report/universe_text.h"
#include "universe/blanks.h"
#include "universe/objective.h"

namespace ooe::cli {
namespace {

struct Options {
  DataOptions data;
  universe::SelectOptions select;
  std::string objective = "predictable";
  double quality_per_usd = 0.0;
  std::optional<double> usd_per_1k;
  std::vector<std::string> fixed_costs;  // NAME=USD
  std::vector<std::string> zones;        // NAME=ZONE
  std::vector<std::string> zone_limits;  // ZONE=N
  std::size_t folds = 5;
  predictor::TrainOptions train;
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
  double value = 0.0;
};

// "gpt-4=30"
Result<Amount> parse_amount(const std::string& text) {
  const auto parts = parse_assignment(text);
  if (!parts) return fail(parts.error());
  const std::string& number = parts->second;
  double value = 0.0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  // So written, "nan" is none.
  if (error == std::errc() && end == number.data() + number.size() && value >= 0.0 &&
      std::isfinite(value)) {
    return Amount{parts->first, value};
  }
  return fail(ErrorCode::invalid_argument, "'{}' of '{}' is no number from 0 up", number,
              parts->first);
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
  ZoneLimit limit{.zone = parts->first};
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), limit.experts_max);
  if (error == std::errc() && end == number.data() + number.size()) return limit;
  return fail(ErrorCode::invalid_argument, "'{}' of '{}' is no whole number of experts", number,
              parts->first);
}

Result<std::size_t> column_of(const Dataset& data, const std::string& name,
                              std::string_view option) {
  const auto at = std::ranges::find(data.outcomes.experts, name);
  if (at == data.outcomes.experts.end()) {
    return fail(ErrorCode::not_found, "{}: no expert is named '{}' in these outcomes", option,
                name);
  }
  return static_cast<std::size_t>(at - data.outcomes.experts.begin());
}

// Options that name experts and zones, as select() wants them; their own checks have read them
// before.
Result<universe::SelectOptions> choice_of(const Dataset& data, const Options& options) {
  universe::SelectOptions choice = options.select;
  choice.objective = options.objective == "oracle" ? universe::Objective::oracle
                                                   : universe::Objective::predictable;
  for (const std::string& text : options.fixed_costs) {
    const Amount cost = *parse_amount(text);
    const auto column = column_of(data, cost.name, "--fixed-cost");
    if (!column) return fail(column.error());
    choice.fixed_usd_per_month.resize(data.outcomes.n_experts(), 0.0);
    choice.fixed_usd_per_month[*column] = cost.value;
  }
  for (const std::string& text : options.zones) {
    const auto [name, zone] = *parse_assignment(text);
    const auto column = column_of(data, name, "--zone");
    if (!column) return fail(column.error());
    choice.zones.resize(data.outcomes.n_experts());
    choice.zones[*column] = zone;
  }
  for (const std::string& text : options.zone_limits) {
    const ZoneLimit limit = *parse_zone_limit(text);
    choice.zone_limits.push_back({limit.zone, limit.experts_max});
  }
  return choice;
}

Result<Ground> ground_of(const Options& options, bool predicted) {
  auto data = load_data(options.data);
  if (!data) return fail(data.error());
  Ground ground{
      .data = std::move(*data), .priced = {}, .costs = {}, .predicted = predicted, .fair = {}};
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
  } else {
    // Costs of answers without a recorded one are estimated at a flat length.
    crossed.prediction.resize(
        ground.data.outcomes.score.size(),
        Prediction{
            .quality = 0.0, .quality_sd = 0.0, .output_tokens = 256.0, .cost = std::nullopt});
  }
  if (const std::size_t left_out = leave_out_selfplay(ground.data, crossed); left_out > 0) {
    fmt::print(stderr, "{} questions of self-play do not count\n", left_out);
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

std::vector<ExpertId> members_of(const Universe& universe) {
  std::vector<ExpertId> members;
  for (const auto& member : universe.members) members.push_back(member.expert);
  return members;
}

// What the universe chosen at this trade-off costs to ask.
Result<double> usd_per_1k_at(const Ground& ground, universe::SelectOptions choice,
                             double quality_per_usd) {
  choice.tried_max = 0;  // the bound is not asked for
  const auto utilities = utilities_of(ground, quality_per_usd);
  if (!utilities) return fail(utilities.error());
  const auto universe = universe::select(*utilities, ground.data.outcomes.experts, choice);
  if (!universe) return fail(universe.error());
  return evaluate::usd_per_1k_of(*utilities, choice.objective, members_of(*universe), ground.costs);
}

// The smallest price of money, found by bisection, at which asking the universe stays within the
// budget.
Result<double> tradeoff_for(const Ground& ground, const universe::SelectOptions& choice,
                            double usd_per_1k) {
  constexpr int kSteps = 20;
  constexpr double kDearest = 1e9;  // a millionth of a USD then outweighs any answer
  const auto free = usd_per_1k_at(ground, choice, 0.0);
  if (!free) return fail(free.error());
  if (std::isnan(*free)) {
    return fail(ErrorCode::invalid_argument,
                "--usd-per-1k needs the price of every expert; give --prices or --usage");
  }
  if (*free <= usd_per_1k) return 0.0;
  double low = 1e-3;
  double high = kDearest;
  const auto least = usd_per_1k_at(ground, choice, high);
  if (!least) return fail(least.error());
  if (*least > usd_per_1k) {
    return fail(ErrorCode::invalid_argument,
                "--usd-per-1k {}: the cheapest universe found costs {:.4g} USD per 1,000 queries; "
                "give at least that",
                usd_per_1k, *least);
  }
  for (int step = 0; step < kSteps; ++step) {
    const double middle = std::sqrt(low * high);
    const auto usd = usd_per_1k_at(ground, choice, middle);
    if (!usd) return fail(usd.error());
    (*usd <= usd_per_1k ? high : low) = middle;
  }
  return high;
}

Result<void> check(const Options& options) {
  for (const std::string& name : options.select.include) {
    if (std::ranges::find(options.select.exclude, name) == options.select.exclude.end()) continue;
    return fail(ErrorCode::invalid_argument, "'{}' is both in --include and in --exclude", name);
  }
  if (options.select.include.size() <= options.select.size_max) return {};
  return fail(ErrorCode::invalid_argument, "--include names {} experts, and --size {} has no room",
              options.select.include.size(), options.select.size_max);
}

Result<int> select(const Options& options) {
  const auto ground = ground_of(options, options.objective == "predictable");
  if (!ground) return fail(ground.error());
  const auto choice = choice_of(ground->data, options);
  if (!choice) return fail(choice.error());
  double quality_per_usd = options.quality_per_usd;
  if (options.usd_per_1k) {
    const auto found = tradeoff_for(*ground, *choice, *options.usd_per_1k);
    if (!found) return fail(found.error());
    quality_per_usd = *found;
  }
  const auto utilities = utilities_of(*ground, quality_per_usd);
  if (!utilities) return fail(utilities.error());
  const auto& experts = ground->data.outcomes.experts;
  const auto universe = universe::select(*utilities, experts, *choice);
  if (!universe) return fail(universe.error());
  const report::Selection selection{
      .universe = *universe,
      .figures = evaluate::selection_figures(*utilities, experts, *universe, *choice, ground->costs,
                                             {.seed = options.train.seed}),
      .experts = experts,
      .options = *choice,
      .quality_per_usd = quality_per_usd,
      .floor = utilities->floor,
      .n_queries = utilities->n_queries,
      .cells = ground->fair.cells,
      .blank_cells = ground->fair.blank,
      .only_common = ground->fair.only_common};
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
      ->add_option("--fixed-usd-per-month", options->select.fixed_usd_per_month_max,
                   "what all experts together may cost a month")
      ->check(number_between(0.0, 1e12))
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
  add_json_option(*command, options->json);
  set_work(*command, options, runner,
           "ooe select --questions q.jsonl.gz --outcomes o.tsv.gz --size 4", select, check);
}

}  // namespace ooe::cli
