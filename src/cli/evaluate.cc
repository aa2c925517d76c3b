// ooe evaluate: what routing is worth on questions the predictor has not seen.
#include "evaluate/evaluate.h"

#include <unordered_set>
#include <utility>
#include <vector>

#include "base/file.h"
#include "cli/data_options.h"
#include "cli/note.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/output_place.h"
#include "cli/predictions.h"
#include "cli/report_page.h"
#include "dataset/text_lines.h"
#include "report/evaluation_json.h"
#include "report/evaluation_text.h"

namespace ooe::cli {
namespace {

struct EvaluateOptions {
  DataOptions data;
  PredictionOptions predictions;
  std::string eval_ids;
  std::string strong;
  std::string html;
  JsonOption json;
};

// The rows whose id is listed in the file, one a line.
Result<std::vector<std::size_t>> rows_of_ids(const std::string& path, const Dataset& data) {
  const auto text = read_file(path);
  if (!text) return fail(text.error());
  std::unordered_set<std::string> wanted;
  for (dataset::LineReader reader(*text); reader.next();) {
    if (!reader.line().empty()) wanted.emplace(reader.line());
  }
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < data.questions.size(); ++i) {
    if (wanted.contains(data.questions[i].id)) rows.push_back(i);
  }
  if (rows.size() != wanted.size()) {
    note("{}: {} of {} ids have outcomes\n", path, rows.size(), wanted.size());
  }
  if (rows.empty()) {
    return fail(ErrorCode::invalid_argument, "{}: no id of the file is among the questions", path);
  }
  return rows;
}

Result<int> evaluate(const EvaluateOptions& options) {
  Inputs inputs = files_of(options.data);
  inputs.insert(inputs.end(), {options.predictions.model, options.eval_ids});
  const std::vector<Output> outputs{page_output(options.html), json_output(options.json)};
  if (auto ok = check_outputs(outputs, inputs); !ok) return fail(ok.error());
  auto data = load_data(options.data);
  if (!data) return fail(data.error());
  // What can be wrong with the options is said before the predictions are made, which may take
  // long.
  evaluate::EvaluateOptions how_to;
  if (!options.strong.empty()) {
    const auto strong = find_expert(*data, options.strong, "--strong");
    if (!strong) return fail(strong.error());
    how_to.strong = *strong;
  }
  std::vector<std::size_t> rows;
  if (!options.eval_ids.empty()) {
    auto found = rows_of_ids(options.eval_ids, *data);
    if (!found) return fail(found.error());
    rows = std::move(*found);
  }
  auto predictions = predictions_of(*data, options.predictions);
  if (!predictions) return fail(predictions.error());
  std::size_t of_selfplay = 0;
  if (options.eval_ids.empty()) {
    of_selfplay = leave_out_selfplay(*data, *predictions);
  } else {
    keep_rows(rows, *data, *predictions);
  }
  how_to.bootstrap.seed = options.predictions.train.seed;
  how_to.fold = predictions->fold;
  how_to.rivals = std::move(predictions->rivals);
  auto evaluation = evaluate::evaluate(*data, predictions->prediction, how_to);
  if (!evaluation) return fail(evaluation.error());
  report::Report report;  // without a selection
  report.title = data_name(options.data);
  report.how = how_predicted(options.predictions, of_selfplay);
  report.evaluation = std::move(*evaluation);
  if (!options.html.empty()) {
    auto domains = domains_of(*data, predictions->prediction, {}, how_to.bootstrap);
    if (!domains) return fail(domains.error());
    report.domains = std::move(*domains);
    if (auto ok = write_page(options.html, report); !ok) return fail(ok.error());
  }
  const std::string title = report.title + ", " + report.how;
  const auto printed = print_result(
      options.json, report::evaluation_text(report.evaluation, title, stdout_terminal()),
      [&] { return report::evaluation_json(report.evaluation, title); });
  if (!printed) return fail(printed.error());
  return 0;
}

}  // namespace

void add_evaluate(CLI::App& app, Runner& runner) {
  auto options = std::make_shared<EvaluateOptions>();
  CLI::App* command = app.add_subcommand(
      "evaluate", "accuracy and cost of every expert and of routing, on questions not trained on");
  add_data_options(*command, options->data);
  add_prediction_options(*command, options->predictions);
  command->add_option("--eval-ids", options->eval_ids, "only these questions, one id a line")
      ->type_name("FILE");
  command
      ->add_option("--strong", options->strong,
                   "the expert the others relieve; the best single one if not given")
      ->type_name("NAME");
  command
      ->add_option("--html", options->html,
                   "write one self-contained page, DIR/index.html: `ooe report` without selection")
      ->check(not_empty())
      ->type_name("DIR");
  add_json_option(*command, options->json);
  set_work(
      *command, options, runner,
      "ooe evaluate --questions q.jsonl.gz --outcomes o.tsv.gz --prices prices.tsv --html report/",
      evaluate);
}

}  // namespace ooe::cli
