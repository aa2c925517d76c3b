// ooe dedicated fit | evaluate | export: an own expert and a generic one behind one name.
#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <unordered_map>

#include "base/file.h"
#include "cli/command.h"
#include "cli/config.h"
#include "cli/data_options.h"
#include "cli/dedicated_text.h"
#include "cli/workspace.h"
#include "dedicated/training_set.h"
#include "evaluate/costs.h"
#include "predictor/train.h"
#include "report/numbers.h"

namespace ooe::cli {
namespace {

constexpr const char* kLength = "length";  // the candidate that reads nothing but the length

struct PairOptions {
  DataOptions data;
  std::string own;
  std::string generic;
  std::size_t folds = 5;
  predictor::TrainOptions train = {.rivals = false};
};

struct FitOptions {
  PairOptions pair;
  std::optional<double> ownership;
  std::optional<double> match;
  std::optional<double> usd_per_1k;
  std::string name = "dedicated";
  std::string mode = "route";
  std::string out = "model.ooe";
  std::string add_to;
};

struct EvaluateOptions {
  PairOptions pair;
  std::optional<double> quality;
  bool learning_curve = true;
  JsonOption json;
};

struct ExportOptions {
  PairOptions pair;
  dedicated::TrainingSetOptions set;
  bool orchestrator = false;
  std::string out;
};

void add_pair_options(CLI::App& command, PairOptions& options) {
  add_data_options(command, options.data);
  command.add_option("--own", options.own, "your own expert")->required()->type_name("NAME");
  command.add_option("--generic", options.generic, "the one it hands over to")
      ->required()
      ->type_name("NAME");
  command.add_option("--folds", options.folds, "of cross-validation")
      ->capture_default_str()
      ->check(CLI::Range(2, 100));
  command.add_option("--seed", options.train.seed, "of folds and samples")->capture_default_str();
  command.add_option("--threads", options.train.threads, "0: all cores; the result is the same")
      ->capture_default_str();
}

// What the pair is for: the figure by which one way to decide is better than another.
struct Wanted {
  std::optional<double> quality = std::nullopt;    // as much of one's own as this allows
  std::optional<double> ownership = std::nullopt;  // as good as can be with this much; neither:
                                                   // over all ownerships
};

double figure_of(const dedicated::PairCurve& curve, const Wanted& wanted) {
  if (wanted.quality) {
    return std::isnan(curve.ownership_at.mean) ? -1.0 : curve.ownership_at.mean;
  }
  if (wanted.ownership) return dedicated::quality_at(curve, *wanted.ownership);
  return curve.apgr.mean;
}

// Out-of-fold predictions, and what they are worth.
struct Crossed {
  std::vector<Prediction> prediction;
  evaluate::TwoSides sides;
  PairReport report;
  std::string only;  // as TrainOptions::only
};

// Text length alone goes beside the predictor, and is kept unless the predictor beats it.
Result<Crossed> cross(const Dataset& data, const dedicated::Pair& pair, const PairOptions& options,
                      const Wanted& wanted) {
  const evaluate::BootstrapOptions bootstrap{.seed = options.train.seed};
  ProgressLine progress;
  std::array<Crossed, 2> methods;  // the predictor, text length
  methods[1].only = kLength;
  PairReport report{.title = fmt::format("{}, {} folds, seed {}", data_name(options.data),
                                         options.folds, options.train.seed),
                    .own = options.own,
                    .generic = options.generic,
                    .pair = pair,
                    .curve = {},
                    .methods = {},
                    .kept = 0,
                    .lead = {},
                    .learning = std::nullopt};
  for (Crossed& method : methods) {
    predictor::TrainOptions train = options.train;
    train.only = method.only;
    auto predictions =
        predictor::cross_predict(data, options.folds, train,
                                 [&](std::string_view phase, std::size_t done, std::size_t total) {
                                   progress.show(phase, done, total, method.only);
                                 });
    if (!predictions) return fail(predictions.error());
    method.prediction = std::move(predictions->prediction);
    method.sides = dedicated::pair_sides(data, pair, method.prediction);
    report.methods.push_back({method.only.empty() ? "the predictor" : "text length",
                              dedicated::pair_curve(method.sides, wanted.quality, bootstrap)});
  }
  progress.clear();
  report.lead = dedicated::lead_over(methods[0].sides, methods[1].sides, bootstrap);
  const auto figure = [&](std::size_t i) { return figure_of(report.methods[i].curve, wanted); };
  report.kept = figure(0) > figure(1) ? 0 : 1;
  report.curve = report.methods[report.kept].curve;
  Crossed& kept = methods[report.kept];
  kept.report = std::move(report);
  return std::move(kept);
}

Result<int> evaluate(const EvaluateOptions& options) {
  const auto data = load_data(options.pair.data);
  if (!data) return fail(data.error());
  auto pair = dedicated::make_pair(*data, options.pair.own, options.pair.generic);
  if (!pair) return fail(pair.error());
  auto crossed = cross(*data, *pair, options.pair, {.quality = options.quality});
  if (!crossed) return fail(crossed.error());
  const evaluate::BootstrapOptions bootstrap{.seed = options.pair.train.seed};
  PairReport& report = crossed->report;
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
                                    [&] { return pair_json(report); });
  if (!printed) return fail(printed.error());
  return 0;
}

std::string toml_string(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

// The goal in the configuration's words. What a quality takes of ownership is found here, on
// held-out questions; a budget is the policy's own business.
Result<std::string> goal_of(const FitOptions& options, const dedicated::PairCurve& curve) {
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

// Appends the model to a configuration that is then still a good one. Nothing is written otherwise.
Result<void> add_to_config(const std::string& path, const std::string& model) {
  const auto text = read_file(path);
  if (!text) return fail(text.error());
  const std::string whole = *text + (text->empty() || text->back() == '\n' ? "\n" : "\n\n") + model;
  if (const auto parsed = parse_config(whole, path); !parsed) return fail(parsed.error());
  return write_file_atomically(path, whole);
}

Result<int> fit(const FitOptions& options) {
  const int goals = static_cast<int>(options.ownership.has_value()) +
                    static_cast<int>(options.match.has_value()) +
                    static_cast<int>(options.usd_per_1k.has_value());
  if (goals != 1) {
    return fail(ErrorCode::invalid_argument,
                "say how much is to be yours with one of --ownership, --match and --usd-per-1k");
  }
  const auto data = load_data(options.pair.data);
  if (!data) return fail(data.error());
  const auto pair = dedicated::make_pair(*data, options.pair.own, options.pair.generic);
  if (!pair) return fail(pair.error());
  const auto crossed =
      cross(*data, *pair, options.pair, {.quality = options.match, .ownership = options.ownership});
  if (!crossed) return fail(crossed.error());
  const auto goal = goal_of(options, crossed->report.curve);
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
  if (auto saved = predictor::save_model(*model, options.out); !saved) return fail(saved.error());
  const std::string table = fmt::format(
      "[[model]]\nname = {}\nkind = \"dedicated\"\nown = {}\ngeneric = {}\nmode = {}\ngoal = {}\n",
      toml_string(options.name), toml_string(options.pair.own), toml_string(options.pair.generic),
      toml_string(options.mode), *goal);
  if (!options.add_to.empty()) {
    if (auto added = add_to_config(options.add_to, table); !added) return fail(added.error());
  }
  fmt::print("{}\n{}: the predictor, kept: {}\n{}:\n\n{}",
             pair_text(crossed->report, stdout_terminal()), options.out, model->card().kept,
             options.add_to.empty() ? std::string("to be added to ooe.toml")
                                    : "added to " + options.add_to,
             table);
  return 0;
}

// The words of answers: from the database, each question's best; without one, the benchmark's
// reference stands in for every right answer.
Result<dedicated::AnswerText> answer_words(const Dataset& data, const PairOptions& options) {
  if (!options.data.questions.empty()) {
    return dedicated::AnswerText(
        [&data](std::size_t row, std::size_t) -> std::optional<std::string> {
          const Question& question = data.questions[row];
          if (question.answer.empty()) return std::nullopt;
          return "Answer: " + question.answer;
        });
  }
  const auto store = open_workspace({.db = options.data.db, .config = options.data.config}, true);
  if (!store) return fail(store.error());
  using Words = std::unordered_map<std::string, store::GradedText>;
  auto words = std::make_shared<std::vector<Words>>(data.outcomes.n_experts());
  for (const std::string& name : {options.own, options.generic}) {
    const auto at = std::ranges::find(data.outcomes.experts, name) - data.outcomes.experts.begin();
    auto texts = (*store)->graded_texts(name);
    if (!texts) return fail(texts.error());
    Words& of_expert = (*words)[static_cast<std::size_t>(at)];
    for (store::GradedText& text : *texts) {
      const auto [known, is_new] = of_expert.try_emplace(text.question_id, text);
      if (!is_new && known->second.score < text.score) known->second = std::move(text);
    }
  }
  return dedicated::AnswerText(
      [&data, words](std::size_t row, std::size_t expert) -> std::optional<std::string> {
        const auto found = (*words)[expert].find(data.questions[row].id);
        if (found == (*words)[expert].end() || found->second.text.empty()) return std::nullopt;
        return found->second.text;
      });
}

Result<void> write_lines(const std::string& path,
                         const std::vector<dedicated::TrainingLine>& lines) {
  std::string text;
  for (const dedicated::TrainingLine& line : lines) text += line.json + "\n";
  return write_file_atomically(path, text);
}

Result<int> write_set(const dedicated::TrainingSet& set, const ExportOptions& options,
                      const dedicated::CardFacts& facts) {
  const std::filesystem::path folder(options.out);
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return fail(ErrorCode::unavailable, "{}: {}", options.out, error.message());
  }
  if (auto ok = write_lines((folder / "train.jsonl").string(), set.train); !ok) {
    return fail(ok.error());
  }
  if (auto ok = write_lines((folder / "validation.jsonl").string(), set.validation); !ok) {
    return fail(ok.error());
  }
  const auto card = write_file_atomically((folder / "README.md").string(),
                                          dedicated::card_of(set, options.set, facts));
  if (!card) return fail(card.error());
  fmt::print("{}: {} lines to train on, {} to validate with\n", options.out, set.train.size(),
             set.validation.size());
  return 0;
}

Result<int> export_set(const ExportOptions& options) {
  const auto data = load_data(options.pair.data);
  if (!data) return fail(data.error());
  dedicated::CardFacts facts{.title = {}, .source = data_name(options.pair.data), .notes = {}};
  if (options.orchestrator) {
    const auto experts = evaluate::experts_of(*data);
    const std::vector<Prediction> unknown(data->outcomes.score.size());
    const auto usd =
        evaluate::realised_costs(*data, experts, evaluate::with_costs(*data, experts, unknown));
    const auto set = dedicated::orchestrator_set(*data, usd, options.set);
    if (!set) return fail(set.error());
    facts.title = "Fine-tuning set of an orchestrator";
    facts.notes.push_back(
        "The answer is the letter of the cheapest expert that answered right; `right` lists all "
        "of them. The letters are told in each line's system message; `[predictor] kind = \"llm\"` "
        "asks in the same words.");
    return write_set(*set, options, facts);
  }
  if (options.pair.own.empty() || options.pair.generic.empty()) {
    return fail(ErrorCode::invalid_argument, "name the pair with --own and --generic");
  }
  const auto pair = dedicated::make_pair(*data, options.pair.own, options.pair.generic);
  if (!pair) return fail(pair.error());
  const auto crossed = cross(*data, *pair, options.pair, {.ownership = options.set.ownership});
  if (!crossed) return fail(crossed.error());
  const auto answer = answer_words(*data, options.pair);
  if (!answer) return fail(answer.error());
  const auto set = dedicated::deferral_set(*data, *pair, crossed->prediction, *answer, options.set);
  if (!set) return fail(set.error());
  facts.title =
      fmt::format("Fine-tuning set of {} with the tag {}", options.pair.own, options.set.tag);
  facts.notes.push_back(
      fmt::format("Expected ownership {:.1f}%: so many lines are answered, the others say `{}` and "
                  "hand over to "
                  "{}. A line is answered where {} was right, first where {} was not.",
                  100.0 * set->ownership, options.set.tag, options.pair.generic, options.pair.own,
                  options.pair.generic));
  if (!options.pair.data.questions.empty()) {
    facts.notes.push_back(
        "The answers are the benchmark's references, not the expert's own words: made from files, "
        "which hold no answers.");
  }
  for (const dedicated::SplitMeans& split : pair->splits) {
    if (!split.contaminated()) continue;
    facts.notes.push_back(fmt::format(
        "{}: {} scores {:.1f}% on the training split and {:.1f}% elsewhere: it was probably "
        "trained "
        "there, and on new questions will be right less often than these lines say.",
        split.benchmark, options.pair.own, 100.0 * split.training, 100.0 * split.other));
  }
  return write_set(*set, options, facts);
}

void add_fit(CLI::App& dedicated, Runner& runner) {
  auto options = std::make_shared<FitOptions>();
  CLI::App* command = dedicated.add_subcommand(
      "fit", "learn when to answer and when to hand over, and write the model to serve");
  add_pair_options(*command, options->pair);
  const std::string group = "How much is yours: one of";
  command->add_option("--ownership", options->ownership, "the share that the own expert answers")
      ->group(group)
      ->check(CLI::Range(0.0, 1.0));
  command
      ->add_option("--match", options->match,
                   "a mean score: as much is yours as it allows, on held-out questions")
      ->group(group)
      ->check(CLI::Range(0.0, 1.0));
  command->add_option("--usd-per-1k", options->usd_per_1k, "what 1,000 queries may cost, in USD")
      ->group(group)
      ->check(CLI::NonNegativeNumber);
  command->add_option("--name", options->name, "what clients ask for")->capture_default_str();
  command->add_option("--mode", options->mode, "of serving")
      ->capture_default_str()
      ->check(CLI::IsMember({"route"}));
  command->add_option("--out", options->out, "the predictor's file")
      ->capture_default_str()
      ->type_name("FILE");
  command->add_option("--add-to", options->add_to, "a configuration to add the [[model]] to")
      ->type_name("FILE");
  set_work(*command, options, runner,
           "ooe dedicated fit --own metamath-7b --generic gpt-4 --ownership 0.5 --add-to ooe.toml",
           fit);
}

void add_evaluate_pair(CLI::App& dedicated, Runner& runner) {
  auto options = std::make_shared<EvaluateOptions>();
  CLI::App* command = dedicated.add_subcommand(
      "evaluate", "quality and cost at every ownership, and what more data would bring");
  add_pair_options(*command, options->pair);
  command
      ->add_option("--quality", options->quality,
                   "the mean score at which ownership is asked for (default: one point below the "
                   "generic expert's)")
      ->check(CLI::Range(0.0, 1.0));
  command->add_flag("!--no-learning-curve", options->learning_curve,
                    "do not train on parts of the data");
  add_json_option(*command, options->json);
  set_work(*command, options, runner,
           "ooe dedicated evaluate --questions q.jsonl.gz --outcomes o.tsv.gz --own metamath-7b "
           "--generic gpt-4 --quality 0.8477",
           evaluate);
}

void add_export_set(CLI::App& dedicated, Runner& runner) {
  auto options = std::make_shared<ExportOptions>();
  CLI::App* command = dedicated.add_subcommand(
      "export", "a fine-tuning set: own answers, or the tag where the own model should hand over");
  add_pair_options(*command, options->pair);
  command->get_option("--own")->required(false);
  command->get_option("--generic")->required(false);
  command->add_option("--ownership", options->set.ownership, "the share of lines that are answered")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1.0));
  command->add_option("--tag", options->set.tag, "the word that hands over")->capture_default_str();
  command
      ->add_option("--validation", options->set.validation,
                   "share of queries kept for validation, by their hash")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 0.9));
  command->add_flag("--learn-from-generic", options->set.learn_from_generic,
                    "teach the generic expert's answers where the own one was wrong");
  command->add_flag("--orchestrator", options->orchestrator,
                    "instead: which expert should answer, to fine-tune an LLM as orchestrator");
  command->add_option("--out", options->out, "the folder to write")->required()->type_name("DIR");
  set_work(*command, options, runner,
           "ooe dedicated export --own metamath-7b --generic gpt-4 --ownership 0.5 --out tuning/",
           export_set);
}

}  // namespace

void add_dedicated(CLI::App& app, Runner& runner) {
  CLI::App* command = app.add_subcommand(
      "dedicated", "an own expert that answers what it knows and hands over the rest");
  command->require_subcommand(1);
  add_fit(*command, runner);
  add_evaluate_pair(*command, runner);
  add_export_set(*command, runner);
}

}  // namespace ooe::cli
