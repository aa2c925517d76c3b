// ooe dedicated fit | evaluate: an own expert and a generic one behind one name.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <system_error>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "cli/config.h"
#include "cli/dedicated_export.h"
#include "cli/dedicated_pair.h"
#include "cli/model_card_text.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/output_place.h"
#include "cli/toml_text.h"
#include "orchestrator/orchestrator.h"
#include "predictor/train.h"
#include "report/numbers.h"

namespace ooe::cli {
namespace {

struct PairFitOptions {
  PairOptions pair;
  std::optional<double> ownership;
  std::optional<double> match;
  std::optional<double> usd_per_1k;
  std::string name = "dedicated";
  std::string mode = "route";
  std::string out = "model.ooe";
  std::string add_to;
  JsonOption json;
};

struct PairEvaluateOptions {
  PairOptions pair;
  std::optional<double> quality;
  bool learning_curve = true;
  JsonOption json;
};

std::string dumped(const nlohmann::ordered_json& json) {
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

Result<int> evaluate_pair(const PairEvaluateOptions& options) {
  if (auto ok = check_json_place(options.json, files_of(options.pair.data)); !ok) {
    return fail(ok.error());
  }
  const auto data = load_data(options.pair.data);
  if (!data) return fail(data.error());
  auto pair = dedicated::make_pair(*data, options.pair.own, options.pair.generic);
  if (!pair) return fail(pair.error());
  const auto crossed = cross_pair(*data, *pair, options.pair, {.quality = options.quality});
  if (!crossed) return fail(crossed.error());
  const evaluate::BootstrapOptions bootstrap{.seed = options.pair.train.seed};
  PairReport report = report_of(options.pair, *pair, *crossed);
  if (options.learning_curve) {
    ProgressLine progress;
    predictor::TrainOptions train = options.pair.train;
    train.only = crossed->only;
    auto learning = dedicated::learning_curve(
        *data, *pair, crossed->sides, report.curve.quality, options.pair.folds, train, bootstrap,
        [&](std::string_view phase, std::size_t done, std::size_t total) {
          progress.show(phase, done, total);
        });
    if (!learning) return fail(learning.error());
    report.learning = std::move(*learning);
  }
  const auto printed = print_result(options.json, pair_text(report, stdout_terminal()),
                                    [&] { return dumped(pair_json(report)); });
  if (!printed) return fail(printed.error());
  return 0;
}

// The goal in the configuration's words. What a quality takes of ownership is found here, on
// held-out questions; a budget is the policy's own business.
Result<std::string> goal_of(const PairFitOptions& options, const dedicated::PairCurve& curve) {
  if (options.usd_per_1k) {
    return fmt::format("{{ maximise = \"quality\", usd_per_1k_queries = {} }}",
                       *options.usd_per_1k);
  }
  if (options.ownership) return fmt::format("{{ ownership = {} }}", *options.ownership);
  if (std::isnan(curve.ownership_at.mean)) {
    return fail(ErrorCode::invalid_argument,
                "a quality of {} is never reached; the generic expert alone has {:.4f}",
                *options.match, curve.points.front().quality.mean);
  }
  return fmt::format("{{ ownership = {:.3f} }}", std::floor(curve.ownership_at.mean * 1e3) / 1e3);
}

std::string table_of(const PairFitOptions& options, std::string_view goal) {
  return fmt::format(
      "[[model]]\nname = {}\nkind = \"dedicated\"\nown = {}\ngeneric = {}\nmode = {}\ngoal = {}\n",
      toml_string(options.name), toml_string(options.pair.own), toml_string(options.pair.generic),
      toml_string(options.mode), goal);
}

// The configuration with the model after it, if that is still a good one.
Result<std::string> with_model(const std::string& path, const std::string& model) {
  const auto text = read_file(path);
  if (!text) return fail(text.error());
  const std::string whole = *text + (text->empty() || text->back() == '\n' ? "\n" : "\n\n") + model;
  if (const auto parsed = parse_config(whole, path); !parsed) return fail(parsed.error());
  return whole;
}

// The configuration with nothing in it but the pair, at the prices of the data.
std::string smallest_config(const Dataset& data, const dedicated::Pair& pair) {
  std::string text;
  for (const std::size_t expert : {pair.own, pair.generic}) {
    text += fmt::format("[[expert]]\nname = {}\nbase_url = \"http://localhost/v1\"\nown = {}\n",
                        toml_string(data.outcomes.experts[expert]), expert == pair.own);
    if (const auto& prices = data.prices[expert]) {
      text += fmt::format("price = {{ input = {}, output = {} }}\n", usd_per_million(prices->input),
                          usd_per_million(prices->output));
    }
  }
  return text + "\n";
}

// Whether `ooe serve` would take the model with this predictor: whoever is told to add it should
// not learn there that its goal cannot be met. Errors: what serve would say.
Result<void> check_served(const std::string& config, const std::string& name,
                          const predictor::Model& model) {
  auto parsed = parse_config(config, "ooe.toml");
  if (!parsed) return fail(parsed.error());
  std::erase_if(parsed->models,
                [&](const orchestrator::ModelSpec& other) { return other.name != name; });
  const auto served = orchestrator::Orchestrator::make(
      std::move(parsed->catalogue), predictor::Model(model.impl()), std::move(parsed->models));
  if (!served) return fail(served.error());
  return {};
}

// An expert of the configuration that is not marked as one's own cannot be served as such.
Result<void> check_marks(const std::string& path, const PairOptions& pair) {
  const auto config = load_config(path);
  if (!config) return fail(config.error());
  for (const std::string& name : {pair.own, pair.generic}) {
    const auto& experts = config->catalogue.experts();
    const auto expert = std::ranges::find(experts, name, &Expert::name);
    if (expert == experts.end()) {
      return fail(ErrorCode::not_found, "{}: it has no expert '{}'; add its [[expert]]", path,
                  name);
    }
    if (expert->own == (name == pair.own)) continue;
    return fail(ErrorCode::invalid_argument, "{}: set own = {} for the expert '{}'", path,
                name == pair.own, name);
  }
  return {};
}

bool same_file(const std::string& a, const std::string& b) {
  std::error_code absent;
  return std::filesystem::equivalent(a, b, absent);
}

// What `ooe dedicated fit` came to.
struct PairFit {
  const PairReport& report;
  const predictor::ModelCard& card;
  std::string table;  // the [[model]]
  std::string reads;  // the predictor's file of the configuration, when it is another one
};

std::string fit_text(const PairFitOptions& options, const PairFit& done) {
  std::string text =
      fmt::format("{}\n{}: the predictor, kept: {}\n{}:\n\n{}",
                  pair_text(done.report, stdout_terminal()), options.out, done.card.kept,
                  options.add_to.empty() ? std::string("to be added to ooe.toml")
                                         : "added to " + options.add_to,
                  done.table);
  if (!done.reads.empty()) {
    text += fmt::format("\n{} reads [predictor] file = {}: make it {} for this model to be used\n",
                        options.add_to, done.reads, options.out);
  }
  return text;
}

std::string fit_json(const PairFitOptions& options, const PairFit& done) {
  using nlohmann::ordered_json;
  const auto or_null = [](const std::string& text) {
    return text.empty() ? ordered_json(nullptr) : ordered_json(text);
  };
  ordered_json json{{"model", options.out},
                    {"table", done.table},
                    {"added_to", or_null(options.add_to)},
                    {"which_reads", or_null(done.reads)}};
  json["card"] = card_json(done.card);
  json["pair"] = pair_json(done.report);
  return dumped(json);
}

Result<int> fit(const PairFitOptions& options) {
  Inputs inputs = files_of(options.pair.data);
  inputs.push_back(options.add_to);
  const std::vector<Output> outputs{{"--out", options.out, Holds::model},
                                    json_output(options.json)};
  if (auto ok = check_outputs(outputs, inputs); !ok) return fail(ok.error());
  const auto data = load_training_data(options.pair.data);
  if (!data) return fail(data.error());
  const auto pair = dedicated::make_pair(*data, options.pair.own, options.pair.generic);
  if (!pair) return fail(pair.error());
  if (options.usd_per_1k) {
    for (const std::size_t expert : {pair->own, pair->generic}) {
      if (data->prices[expert]) continue;
      return fail(ErrorCode::invalid_argument,
                  "--usd-per-1k: nothing says what '{}' costs; add --price '{}=IN/OUT'",
                  data->outcomes.experts[expert], data->outcomes.experts[expert]);
    }
  }
  if (!options.add_to.empty()) {  // before the work, not after it
    if (auto marked = check_marks(options.add_to, options.pair); !marked) {
      return fail(marked.error());
    }
    if (auto free = with_model(options.add_to, table_of(options, "{ ownership = 0.5 }")); !free) {
      return fail(free.error());
    }
  }
  const auto crossed = cross_pair(*data, *pair, options.pair,
                                  {.quality = options.match, .ownership = options.ownership});
  if (!crossed) return fail(crossed.error());
  const PairReport report = report_of(options.pair, *pair, *crossed);
  const auto goal = goal_of(options, report.curve);
  if (!goal) return fail(goal.error());

  ProgressLine progress;
  predictor::TrainOptions train = options.pair.train;
  train.only = crossed->only;
  const auto model = predictor::train(
      *data, train, [&](std::string_view phase, std::size_t done, std::size_t total) {
        progress.show(phase, done, total);
      });
  progress.clear();
  if (!model) return fail(model.error());
  const std::string table = table_of(options, *goal);
  const auto whole = options.add_to.empty() ? smallest_config(*data, *pair) + table
                                            : with_model(options.add_to, table);
  if (!whole) return fail(whole.error());
  if (auto served = check_served(*whole, options.name, *model); !served) {
    return fail(served.error().code, "nothing was written: {}", served.error().message);
  }
  if (auto saved = predictor::save_model(*model, options.out); !saved) return fail(saved.error());
  if (!options.add_to.empty()) {
    if (auto added = write_file_atomically(options.add_to, *whole); !added) {
      return fail(added.error());
    }
  }
  PairFit done{.report = report, .card = model->card(), .table = table, .reads = {}};
  if (!options.add_to.empty()) {
    const auto config = load_config(options.add_to);
    if (config && !same_file(config->predictor_file, options.out)) {
      done.reads = config->predictor_file;
    }
  }
  const auto printed =
      print_result(options.json, fit_text(options, done), [&] { return fit_json(options, done); });
  if (!printed) return fail(printed.error());
  return 0;
}

void add_fit(CLI::App& dedicated, Runner& runner) {
  auto options = std::make_shared<PairFitOptions>();
  CLI::App* command = dedicated.add_subcommand(
      "fit", "learn when to answer and when to hand over, and write the model to serve");
  add_pair_options(*command, options->pair);
  CLI::Option_group* goal = command->add_option_group("How much is yours: one of");
  goal->require_option(1);
  goal->add_option("--ownership", options->ownership, "the share that the own expert answers")
      ->check(number_between(0.0, 1.0));
  goal->add_option("--match", options->match,
                   "a mean score: as much is yours as it allows, on held-out questions")
      ->check(number_between(0.0, 1.0));
  goal->add_option("--usd-per-1k", options->usd_per_1k, "what 1,000 queries may cost, in USD")
      ->check(number_between(0.0, 1e6));  // as usd_per_1k_queries
  command->add_option("--name", options->name, "what clients ask for")->capture_default_str();
  command->add_option("--mode", options->mode, "of serving")
      ->capture_default_str()
      ->check(CLI::IsMember({"route"}));
  command->add_option("--out", options->out, "the predictor's file")
      ->capture_default_str()
      ->type_name("FILE");
  command->add_option("--add-to", options->add_to, "a configuration to add the [[model]] to")
      ->type_name("FILE");
  add_json_option(*command, options->json);
  set_work(*command, options, runner,
           "ooe dedicated fit --own metamath-7b --generic gpt-4 --ownership 0.5 --add-to ooe.toml",
           fit, [](const PairFitOptions& of) { return check_pair_options(of.pair); });
}

void add_evaluate_pair(CLI::App& dedicated, Runner& runner) {
  auto options = std::make_shared<PairEvaluateOptions>();
  CLI::App* command = dedicated.add_subcommand(
      "evaluate", "quality and cost at every ownership, and what more data would bring");
  add_pair_options(*command, options->pair);
  command
      ->add_option("--quality", options->quality,
                   "the mean score at which ownership is asked for (default: one point below the "
                   "generic expert's)")
      ->check(number_between(0.0, 1.0));
  command->add_flag("!--no-learning-curve", options->learning_curve,
                    "do not train on parts of the data");
  add_json_option(*command, options->json);
  set_work(*command, options, runner,
           "ooe dedicated evaluate --questions q.jsonl.gz --outcomes o.tsv.gz --own metamath-7b "
           "--generic gpt-4 --quality 0.8477",
           evaluate_pair,
           [](const PairEvaluateOptions& of) { return check_pair_options(of.pair); });
}

}  // namespace

void add_dedicated(CLI::App& app, Runner& runner) {
  CLI::App* command = app.add_subcommand(
      "dedicated", "an own expert that answers what it knows and hands over the rest");
  command->require_subcommand(1);
  command->footer(
      "Example: ooe dedicated fit --own metamath-7b --generic gpt-4 --ownership 0.5 ...\n"
      "`ooe dedicated fit --help` shows its options; so do evaluate and export.");
  add_fit(*command, runner);
  add_evaluate_pair(*command, runner);
  add_dedicated_export(*command, runner);
}

}  // namespace ooe::cli
