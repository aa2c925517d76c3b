// ooe train: outcomes in, a model file out.
#include "predictor/train.h"

#include <cmath>
#include <map>
#include <optional>

#include "cli/command.h"
#include "cli/data_options.h"
#include "cli/output_place.h"
#include "predictor/contamination.h"
#include "report/table.h"

namespace ooe::cli {
namespace {

struct Options {
  DataOptions data;
  std::string out = "model.ooe";
  std::string prior_model;
  predictor::TrainOptions train;
};

constexpr double kInterval95 = 1.96;  // standard errors on either side

// One row a candidate, or a baseline: "ridge + trees (kept)".
std::string candidate_table(const predictor::ModelCard& card, bool baselines) {
  report::Table table{.columns = {{baselines ? "baseline" : "way to predict"},
                                  {"log loss", report::Align::right},
                                  {"AUC", report::Align::right},
                                  {"ECE", report::Align::right},
                                  {"over-promise", report::Align::right},
                                  {"over best single", report::Align::right}},
                      .rows = {}};
  for (const predictor::Candidate& candidate : card.candidates) {
    if ((candidate.verdict == predictor::kBaseline) != baselines) continue;
    const bool routes = candidate.gain_se > 0.0 || candidate.gain != 0.0;
    const double half = kInterval95 * candidate.gain_se;
    table.rows.push_back(
        {candidate.name + (candidate.name == card.kept ? " (kept)" : ""),
         fmt::format("{:.4f}", candidate.log_loss), fmt::format("{:.3f}", candidate.auc),
         fmt::format("{:.3f}", candidate.ece),
         fmt::format("{:+.1f}", 100.0 * candidate.over_promise),
         routes ? fmt::format("{:+.1f} [{:+.1f}, {:+.1f}]", 100.0 * candidate.gain,
                              100.0 * (candidate.gain - half), 100.0 * (candidate.gain + half))
                : "0.0"});
  }
  return table.rows.empty() ? "" : report::to_text(table, stdout_terminal());
}

// Why candidates were passed over, where it is not that another one's log loss is lower.
std::string verdicts_text(const predictor::ModelCard& card) {
  std::map<std::string, std::string> names;  // by verdict
  for (const predictor::Candidate& candidate : card.candidates) {
    if (candidate.verdict == "kept" || candidate.verdict == predictor::kBaseline ||
        candidate.verdict == predictor::kHigherLogLoss) {
      continue;
    }
    std::string& list = names[candidate.verdict];
    list += (list.empty() ? "" : ", ") + candidate.name;
  }
  std::string text;
  for (const auto& [verdict, list] : names) text += fmt::format(" {}: {}.", list, verdict);
  return text;
}

void print_card(const predictor::Model& model, const Dataset& data, std::size_t folds,
                const std::string& path) {
  const predictor::ModelCard& card = model.card();
  double questions = 0.0;
  for (const predictor::TrainingMetric& metric : card.metrics) {
    if (metric.name == "questions") questions = metric.value;
  }
  std::string text = candidate_table(card, false) + "\n";
  std::string note = fmt::format(
      "Each question predicted from all others. Log loss decides.{} Over best single: points of "
      "accuracy when each query goes to the highest prediction, money aside, with a 95% interval; "
      "over-promise: what that expert was predicted to score above what it scored.",
      verdicts_text(card));
  if (predictor::moves_training_splits(data)) {
    note +=
        " Here scores on the split 'train' count from the expert's level on other splits of the "
        "subject; `ooe evaluate` judges by scores as they are.";
  }
  text += report::wrap(note, "", stdout_terminal()) + "\n";
  if (const std::string baselines = candidate_table(card, true); !baselines.empty()) {
    const bool sample = questions > double{predictor::RivalOptions{}.questions_max};
    text += baselines + "\n" +
            report::wrap(
                fmt::format("Each question predicted from the other {} of {} folds{}, which is "
                            "harder. `ooe evaluate` has them and the predictor on the same folds.",
                            folds - 1, folds,
                            sample ? fmt::format(", on {} of the questions",
                                                 predictor::RivalOptions{}.questions_max)
                                   : std::string()),
                "", stdout_terminal()) +
            "\n";
  }
  fmt::print("{}{}: {} experts, {:.0f} different texts, kept: {}\n", text, path,
             card.experts.size(), questions, card.kept);
}

Result<int> train(const Options& options) {
  if (auto ok = check_file_place("--out", options.out); !ok) return fail(ok.error());
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
  ProgressLine progress;
  const auto model = predictor::train(
      *data, train_options, [&](std::string_view phase, std::size_t done, std::size_t total) {
        progress.show(phase, done, total);
      });
  progress.clear();
  if (!model) return fail(model.error());
  if (auto saved = predictor::save_model(*model, options.out); !saved) return fail(saved.error());
  print_card(*model, *data, train_options.folds, options.out);
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
  command
      ->add_option("--prior-model", options->prior_model,
                   "a model of related questions, whose view of each text becomes a feature")
      ->type_name("FILE");
  command->add_option("--seed", options->train.seed, "of folds and samples")
      ->capture_default_str()
      ->check(whole_number());
  add_threads_option(*command, options->train.threads);
  command->add_flag("!--no-baselines", options->train.rivals,
                    "do not fit the baselines that are shown beside");
  set_work(*command, options, runner,
           "ooe train --questions q.jsonl.gz --outcomes o.tsv.gz --out model.ooe", train);
}

}  // namespace ooe::cli
