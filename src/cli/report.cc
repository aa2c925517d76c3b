// ooe report: the whole picture of a pool of experts, for a terminal, as one page, as data.
#include "report/report.h"

#include <algorithm>

#include "base/check.h"
#include "base/file.h"
#include "base/nan.h"
#include "cli/data_options.h"
#include "cli/note.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/output_place.h"
#include "cli/predictions.h"
#include "cli/report_page.h"
#include "cli/workspace.h"
#include "core/table_part.h"
#include "dataset/text_lines.h"
#include "evaluate/costs.h"
#include "evaluate/domains.h"
#include "selfplay/journal_file.h"
#include "universe/blanks.h"
#include "universe/objective.h"

namespace ooe::cli {
namespace {

struct ReportOptions {
  DataOptions data;
  PredictionOptions predictions;
  std::vector<std::string> pool;  // empty: every expert
  std::string strong;
  std::string title;  // empty: the data's name
  std::size_t size = 4;
  std::string html;
  std::string csv;
  std::string gap_questions;
  JsonOption json;
};

// The columns of the pool, in the table's order.
Result<std::vector<std::size_t>> pool_of(const Dataset& data, const ReportOptions& options) {
  std::vector<bool> in(data.outcomes.n_experts(), options.pool.empty());
  for (const std::string& name : options.pool) {
    const auto expert = find_expert(data, name, "--pool");
    if (!expert) return fail(expert.error());
    in[expert->index()] = true;
  }
  std::vector<std::size_t> columns;
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (in[i]) columns.push_back(i);
  }
  return columns;
}

// The expert of --strong, among those of the pool.
Result<ExpertId> strong_of(const Dataset& data, const Dataset& of_pool,
                           const ReportOptions& options) {
  const auto known = find_expert(data, options.strong, "--strong");
  if (!known) return known;
  auto strong = find_expert(of_pool, options.strong, "--strong");
  if (strong) return strong;
  return fail(ErrorCode::invalid_argument,
              "--strong: '{}' is not in --pool; add it there, or name one of the pool",
              options.strong);
}

std::vector<evaluate::Outsider> outsiders_of(const Dataset& data,
                                             const std::vector<std::size_t>& pool) {
  std::vector<evaluate::Outsider> outsiders;
  for (std::size_t i = 0; i < data.outcomes.n_experts(); ++i) {
    if (std::ranges::find(pool, i) != pool.end()) continue;
    evaluate::Outsider& outsider = outsiders.emplace_back();
    outsider.name = data.outcomes.experts[i];
    for (std::size_t query = 0; query < data.outcomes.n_queries(); ++query) {
      outsider.score.push_back(data.outcomes.row(query)[i]);
    }
  }
  return outsiders;
}

// The baselines' predictions of the pool's columns.
std::vector<evaluate::Rival> rivals_of(const predictor::CrossPredictions& predictions,
                                       std::size_t n_experts,
                                       const std::vector<std::size_t>& pool) {
  std::vector<evaluate::Rival> rivals;
  for (const auto& rival : predictions.rivals) {
    rivals.push_back({rival.name, {}});
    for (std::size_t row = 0; row < rival.quality.size(); row += n_experts) {
      for (const std::size_t expert : pool) {
        rivals.back().quality.push_back(rival.quality[row + expert]);
      }
    }
  }
  return rivals;
}

// Which of all experts would be chosen, whatever the pool is now.
Result<report::Selection> selection_of(const Dataset& data,
                                       const std::vector<Prediction>& predictions,
                                       const ReportOptions& options) {
  const universe::WithoutBlanks fair = universe::without_blanks(data, {});
  const auto utilities = universe::utilities(fair.outcomes, {}, predictions, 0.0);
  if (!utilities) return fail(utilities.error());
  universe::SelectOptions choice;
  const auto experts = evaluate::experts_of(data);
  const auto priced = evaluate::with_costs(data, experts, predictions);
  const auto costs = evaluate::realised_costs(data, experts, priced);
  choice.size_max = options.size;
  choice.answer_cost = evaluate::costs_alone(data.outcomes, costs);
  const auto universe = universe::select(*utilities, data.outcomes.experts, choice);
  if (!universe) return fail(universe.error());
  return report::Selection{
      .universe = *universe,
      .figures = evaluate::selection_figures(*utilities, data.outcomes.experts, *universe, choice,
                                             costs, {.seed = options.predictions.train.seed}),
      .experts = data.outcomes.experts,
      .options = choice,
      .quality_per_usd = 0.0,
      .n_queries = utilities->n_queries,
      .cells = fair.cells,
      .blank_cells = fair.blank,
      .only_common = fair.only_common};
}

// The report of a pool within a table. `data` must outlive it.
Result<report::Report> report_of(const Dataset& data,
                                 const predictor::CrossPredictions& predictions,
                                 const ReportOptions& options) {
  const auto pool = pool_of(data, options);
  if (!pool) return fail(pool.error());
  const Dataset of_pool = subset_columns(data, *pool);
  const auto pool_predictions =
      subset_columns(predictions.prediction, *pool, data.outcomes.n_experts());
  const evaluate::BootstrapOptions bootstrap{.seed = options.predictions.train.seed};
  evaluate::EvaluateOptions how_to;
  how_to.bootstrap = bootstrap;
  how_to.fold = predictions.fold;
  how_to.rivals = rivals_of(predictions, data.outcomes.n_experts(), *pool);
  if (!options.strong.empty()) {
    const auto strong = strong_of(data, of_pool, options);
    if (!strong) return fail(strong.error());
    how_to.strong = *strong;
  }
  auto evaluation = evaluate::evaluate(of_pool, pool_predictions, how_to);
  if (!evaluation) return fail(evaluation.error());

  report::Report report;
  report.title = options.title.empty() ? data_name(options.data) : options.title;
  report.evaluation = std::move(*evaluation);
  const auto outsiders = outsiders_of(data, *pool);
  for (const auto& outsider : outsiders) report.outsiders.push_back(outsider.name);
  auto domains = domains_of(of_pool, pool_predictions, outsiders, bootstrap);
  if (!domains) return fail(domains.error());
  report.domains = std::move(*domains);
  auto selection = selection_of(data, predictions.prediction, options);
  if (!selection) return fail(selection.error());
  report.selection = std::move(*selection);
  return report;
}

constexpr std::string_view kCellEnds = "\t\n\r";

// A subject may hold anything: what would end its cell becomes a space.
std::string one_cell(std::string text) {
  for (char& c : text) {
    if (kCellEnds.find(c) != std::string_view::npos) c = ' ';
  }
  return text;
}

// An id is not changed: another one would be nobody's.
Result<void> check_gap_ids(const Dataset& data, const ReportOptions& options) {
  if (options.gap_questions.empty()) return {};
  for (const std::string& id : data.outcomes.question_ids) {
    if (id.find_first_of(kCellEnds) == std::string::npos) continue;
    return fail(ErrorCode::invalid_argument,
                "--gap-questions: the question id {} cannot stand in a table; give it one without "
                "tabs and line ends",
                dataset::shown(id));
  }
  return {};
}

// The questions of the gaps, worst first, in each those first that nobody could answer,
// for a fine-tune: id, domain, the pool's best score. Which to train on is the reader's choice.
Result<void> write_gap_questions(const std::string& path, const Dataset& data,
                                 const report::Report& report) {
  const auto groupings = evaluate::groupings_of(data);
  if (groupings.empty()) {
    return fail(ErrorCode::invalid_argument,
                "--gap-questions: nothing tells these questions apart; give them subjects");
  }
  const evaluate::DomainTable& table = report.domains.back();
  const evaluate::Grouping& grouping = groupings.back();
  std::vector<std::size_t> columns;  // of the experts reported on
  for (const auto& expert : report.evaluation.experts) {
    const auto column = data.outcomes.column_of(expert.name);
    OOE_CHECK(column.has_value(), "a report is on experts of its data");
    columns.push_back(*column);
  }
  std::string text = "id\tdomain\tbest_score\n";
  for (const std::size_t i : evaluate::worst_gaps(table)) {
    std::vector<std::pair<float, std::size_t>> queries;  // best score, place
    for (std::size_t query = 0; query < data.outcomes.n_queries(); ++query) {
      if (grouping.label[query] != table.domains[i].name) continue;
      float best = kNotMeasured;
      for (const std::size_t column : columns) {
        const float score = data.outcomes.row(query)[column];
        if (std::isnan(best) || score > best) best = score;
      }
      if (!std::isnan(best)) queries.emplace_back(best, query);
    }
    std::ranges::sort(queries);
    for (const auto& [best, query] : queries) {
      text += fmt::format("{}\t{}\t{:g}\n", data.outcomes.question_ids[query],
                          one_cell(table.domains[i].name), best);
    }
  }
  return write_file_atomically(path, text);
}

// The rounds of self-play in the workspace, where the data comes from one.
Result<std::vector<report::SelfplayRound>> selfplay_rounds(const DataOptions& data) {
  std::vector<report::SelfplayRound> rounds;
  if (!data.questions.empty()) return rounds;
  const auto url = workspace_url({.db = data.db, .config = data.config});
  if (!url) return fail(url.error());
  const auto path = store::sqlite_path(*url);
  if (!path) return fail(path.error());
  const auto journal = selfplay::load_journal(selfplay::journal_path(*path));
  if (!journal && journal.error().code == ErrorCode::corrupt) {
    note("the rounds of self-play are left out: {}\n", journal.error().message);
    return rounds;
  }
  if (!journal) return fail(journal.error());
  if (!*journal) return rounds;
  for (const selfplay::Round& round : (*journal)->rounds) {
    const bool compared = round.exam.compared > 0;
    rounds.push_back(
        {.number = round.number,
         .asked = round.asked,
         .exam_asked = round.exam_asked,
         .usd = to_double(round.spent),
         .contaminated =
             round.screened[static_cast<std::size_t>(selfplay::Screening::contaminated)],
         .quality = compared ? round.exam.quality : kNaN,
         .gain = compared ? round.exam.gain : evaluate::kNoInterval,
         .ownership = round.ownership,
         .promoted = round.promoted,
         .reason = round.reason});
  }
  return rounds;
}

// Where everything goes.
Result<void> check_places(const ReportOptions& options) {
  Inputs inputs = files_of(options.data);
  inputs.push_back(options.predictions.model);
  return check_outputs({page_output(options.html),
                        {"--csv", options.csv},
                        {"--gap-questions", options.gap_questions},
                        json_output(options.json)},
                       inputs);
}

// The experts that options name.
Result<void> check_names(const Dataset& data, const ReportOptions& options) {
  const auto pool = pool_of(data, options);
  if (!pool) return fail(pool.error());
  if (options.strong.empty()) return {};
  const auto strong = strong_of(data, subset_columns(data, *pool), options);
  if (!strong) return fail(strong.error());
  return {};
}

Result<int> run(const ReportOptions& options) {
  if (auto ok = check_places(options); !ok) return fail(ok.error());
  auto data = load_data(options.data);
  if (!data) return fail(data.error());
  if (auto ok = check_names(*data, options); !ok) return fail(ok.error());
  if (auto ok = check_gap_ids(*data, options); !ok) return fail(ok.error());
  auto predictions = predictions_of(*data, options.predictions);
  if (!predictions) return fail(predictions.error());
  const std::size_t of_selfplay = leave_out_selfplay(*data, *predictions);
  auto report = report_of(*data, *predictions, options);
  if (!report) return fail(report.error());
  report->how = how_predicted(options.predictions, of_selfplay);
  auto rounds = selfplay_rounds(options.data);
  if (!rounds) return fail(rounds.error());
  report->selfplay = std::move(*rounds);
  if (!options.html.empty()) {
    if (auto ok = write_page(options.html, *report); !ok) return fail(ok.error());
  }
  if (!options.csv.empty()) {
    if (auto ok = write_file_atomically(options.csv, report::report_csv(*report)); !ok) {
      return fail(ok.error());
    }
  }
  if (!options.gap_questions.empty()) {
    if (auto ok = write_gap_questions(options.gap_questions, *data, *report); !ok) {
      return fail(ok.error());
    }
  }
  const auto printed = print_result(options.json, report::report_text(*report, stdout_terminal()),
                                    [&] { return report::report_json(*report); });
  if (!printed) return fail(printed.error());
  return 0;
}

}  // namespace

void add_report(CLI::App& app, Runner& runner) {
  auto options = std::make_shared<ReportOptions>();
  CLI::App* command = app.add_subcommand(
      "report", "the whole picture: evaluation, strengths and gaps by domain, selection");
  add_data_options(*command, options->data);
  add_prediction_options(*command, options->predictions);
  command
      ->add_option("--pool", options->pool,
                   "experts that are routed to; the others are what might be added; all if not "
                   "given")
      ->delimiter(',')
      ->type_name("A,B");
  command->add_option("--strong", options->strong, "the expert the others relieve")
      ->type_name("NAME");
  command->add_option("--title", options->title, "of the report; the data's name if not given")
      ->type_name("TEXT");
  command->add_option("--size", options->size, "of the selection shown")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000));
  command->add_option("--html", options->html, "write one self-contained page, DIR/index.html")
      ->check(not_empty())
      ->type_name("DIR");
  command->add_option("--csv", options->csv, "write every figure, one a line")
      ->check(not_empty())
      ->type_name("FILE");
  command
      ->add_option("--gap-questions", options->gap_questions,
                   "write the questions of the gaps, worst first: id, domain, best score")
      ->check(not_empty())
      ->type_name("FILE");
  add_json_option(*command, options->json);
  set_work(*command, options, runner,
           "ooe report --questions q.jsonl.gz --outcomes o.tsv.gz --prices prices.tsv --html "
           "report/",
           run);
}

}  // namespace ooe::cli
