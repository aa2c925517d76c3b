// ooe import: outcomes that others have measured, into the database, instead of asking.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <optional>

#include <nlohmann/json.hpp>

#include "base/ascii.h"
#include "base/byte_order_mark.h"
#include "base/file.h"
#include "cli/note.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/output_place.h"
#include "cli/questions_of_files.h"
#include "cli/workspace.h"
#include "dataset/dataset.h"
#include "dataset/foreign_outcomes.h"
#include "dataset/outcome_file.h"
#include "dataset/question_file.h"
#include "dataset/usage_file.h"
#include "interview/prompt.h"
#include "report/table.h"
#include "store/store.h"

namespace ooe::cli {
namespace {

constexpr std::size_t kBatch = 1'000;

struct ImportOptions {
  WorkspaceOptions workspace;
  std::string format;
  std::vector<std::string> files;
  std::string benchmark;
  dataset::LmEvalOptions lm_eval;
  JsonOption json;
};

// "mmlu.csv.gz" is about "mmlu".
std::string stem_of(const std::string& file) {
  std::filesystem::path path(file);
  if (path.extension() == ".gz") path = path.stem();
  return path.stem().string();
}

// What a file begins with, whatever stands before it.
std::string_view beginning_of(std::string_view text) {
  text = without_byte_order_mark(text);
  return text.substr(std::min(text.find_first_not_of(kBlanks), text.size()));
}

// Several rows for one answer count with their mean, column by column.
class MeanUsage {
 public:
  void add(const dataset::Usage& usage) {
    cost_usd_.add(usage.cost_usd);
    latency_ms_.add(usage.latency_ms);
    input_tokens_.add(usage.input_tokens);
    output_tokens_.add(usage.output_tokens);
  }
  void give_to(dataset::ForeignOutcome& outcome) const {
    outcome.cost_usd = cost_usd_.mean();
    outcome.latency_ms = latency_ms_.mean();
    outcome.input_tokens = input_tokens_.mean();
    outcome.output_tokens = output_tokens_.mean();
  }

 private:
  class Mean {
   public:
    void add(const std::optional<double>& value) {
      if (!value) return;
      sum_ += *value;
      n_ += 1.0;
    }
    [[nodiscard]] std::optional<double> mean() const {
      return n_ > 0.0 ? std::optional(sum_ / n_) : std::nullopt;
    }

   private:
    double sum_ = 0.0;
    double n_ = 0.0;
  };
  Mean cost_usd_;
  Mean latency_ms_;
  Mean input_tokens_;
  Mean output_tokens_;
};

// Our own files: questions, outcomes, maybe usage, told apart by how they begin.
Result<dataset::ForeignOutcomes> read_ooe(const std::vector<std::string>& files) {
  QuestionsOfFiles questions;
  dataset::OutcomeTable table;
  std::vector<dataset::Usage> usage;
  for (const std::string& file : files) {
    const auto text = read_file(file);
    if (!text) return fail(text.error());
    if (beginning_of(*text).starts_with('{')) {
      auto read = dataset::parse_questions(*text, file);
      if (!read) return fail(read.error());
      if (auto added = questions.add(std::move(*read), file); !added) return fail(added.error());
    } else if (dataset::is_usage(beginning_of(*text))) {
      auto read = dataset::parse_usage(*text, file);
      if (!read) return fail(read.error());
      std::ranges::move(*read, std::back_inserter(usage));
    } else {
      auto read = dataset::parse_outcomes(*text, file);
      if (!read) return fail(read.error());
      if (!table.ids.empty()) {
        return fail(ErrorCode::invalid_argument,
                    "{}: a second table of outcomes; import them one "
                    "after the other",
                    file);
      }
      table = std::move(*read);
    }
  }
  if (questions.all().empty() || table.ids.empty()) {
    return fail(ErrorCode::invalid_argument,
                "format ooe: give a file of questions (.jsonl) and one of outcomes (.tsv)");
  }
  dataset::ForeignOutcomes made;
  std::map<std::string_view, std::size_t> rows;
  for (std::size_t i = 0; i < table.ids.size(); ++i) rows.emplace(table.ids[i], i);
  std::map<std::pair<std::string_view, std::string_view>, MeanUsage> used;
  for (const dataset::Usage& one : usage) used[{one.id, one.expert}].add(one);
  for (Question& question : questions.all()) {
    const auto row = rows.find(question.id);
    if (row == rows.end()) {
      ++made.skipped["questions without outcomes"];
      continue;
    }
    for (std::size_t expert = 0; expert < table.experts.size(); ++expert) {
      const float score = table.row(row->second)[expert];
      if (score != score) continue;  // not measured
      dataset::ForeignOutcome& outcome = made.outcomes.emplace_back();
      outcome.question = made.questions.size();
      outcome.expert = table.experts[expert];
      outcome.score = score;
      const auto found = used.find({question.id, table.experts[expert]});
      if (found != used.end()) found->second.give_to(outcome);
    }
    dataset::fill_labels(question, table, row->second);
    made.questions.push_back(std::move(question));
  }
  const std::size_t unknown = table.ids.size() - made.questions.size();
  if (unknown > 0) made.skipped["outcomes without a question"] = unknown;
  return made;
}

Result<void> check_expert(const std::string& name) {
  if (const auto fault = dataset::expert_column_fault(name)) {
    return fail(ErrorCode::invalid_argument, "{}", *fault);
  }
  return {};
}

Result<dataset::ForeignOutcomes> read_file_of(const ImportOptions& options,
                                              const std::string& file) {
  const auto text = read_file(file);
  if (!text) return fail(text.error());
  std::string benchmark = options.benchmark;
  if (benchmark.empty()) {
    benchmark = options.format == "lm-eval" ? dataset::lm_eval_task(stem_of(file)) : stem_of(file);
  }
  if (options.format == "routellm") return dataset::parse_routellm(*text, file, benchmark);
  if (options.format == "routerbench") return dataset::parse_routerbench(*text, file, benchmark);
  dataset::LmEvalOptions lm_eval = options.lm_eval;
  // The harness writes into a folder named after the model.
  if (lm_eval.expert.empty()) {
    lm_eval.expert = std::filesystem::path(file).parent_path().filename().string();
  }
  if (lm_eval.expert.empty()) {
    return fail(ErrorCode::invalid_argument, "{}: of which expert? Say it with --expert", file);
  }
  return dataset::parse_lm_eval(*text, file, benchmark, lm_eval);
}

// Returns how many outcomes were on record already with another score, and stay so.
Result<std::size_t> put(store::Store& store, const ImportOptions& options,
                        const dataset::ForeignOutcomes& read) {
  if (auto stored = store.put_questions(read.questions); !stored) return fail(stored.error());
  const std::string parameters = interview::hash_of_parts({"import", options.format});
  std::vector<store::Answer> answers;
  std::vector<store::Grade> grades;
  const SystemClock clock;
  std::size_t differ = 0;
  for (std::size_t i = 0; i < read.outcomes.size(); ++i) {
    const dataset::ForeignOutcome& outcome = read.outcomes[i];
    const Question& question = read.questions[outcome.question];
    store::Answer& answer = answers.emplace_back();
    // By the id, not the text: two lines with equal texts are two outcomes.
    answer.key = {outcome.expert, interview::hash_of_parts({question.id}), parameters, 0};
    answer.question_id = question.id;
    answer.benchmark = question.benchmark;
    answer.kept = false;
    answer.tokens.input = std::llround(outcome.input_tokens.value_or(0.0));
    answer.tokens.output = std::llround(outcome.output_tokens.value_or(0.0));
    answer.tokens.estimated = !outcome.input_tokens || !outcome.output_tokens;
    answer.latency = std::chrono::milliseconds(std::llround(outcome.latency_ms.value_or(0.0)));
    if (outcome.cost_usd) answer.cost = usd_from_double(*outcome.cost_usd);
    answer.asked = clock.wall_now();
    grades.push_back({answer.key, "import:" + options.format, 1, outcome.score});
    if (answers.size() < kBatch && i + 1 < read.outcomes.size()) continue;
    const auto stored = store.put_answers(answers, grades);
    if (!stored) return fail(stored.error());
    differ += *stored;
    answers.clear();
    grades.clear();
  }
  return differ;
}

// What one expert's outcomes of a file come to.
struct Sum {
  std::size_t count = 0;
  double score = 0.0;
  double cost = 0.0;
  std::size_t costs = 0;

  [[nodiscard]] double accuracy() const { return score / static_cast<double>(count); }
};

std::map<std::string, Sum> sums_of(const dataset::ForeignOutcomes& read) {
  std::map<std::string, Sum> experts;
  for (const dataset::ForeignOutcome& outcome : read.outcomes) {
    Sum& sum = experts[outcome.expert];
    ++sum.count;
    sum.score += static_cast<double>(outcome.score);
    if (!outcome.cost_usd) continue;
    sum.cost += *outcome.cost_usd;
    ++sum.costs;
  }
  return experts;
}

// `differ`: of outcomes that are on record with another score.
std::string imported_text(const dataset::ForeignOutcomes& read, const std::string& what,
                          std::size_t differ) {
  report::Table table;
  table.columns = {{"expert", report::Align::left},
                   {"outcomes", report::Align::right},
                   {"accuracy", report::Align::right},
                   {"USD", report::Align::right}};
  for (const auto& [expert, sum] : sums_of(read)) {
    table.rows.push_back({expert, std::to_string(sum.count), fmt::format("{:.4f}", sum.accuracy()),
                          sum.costs == 0 ? std::string("-") : fmt::format("{:.4f}", sum.cost)});
  }
  std::string text = fmt::format("{}: {} questions\n{}", what, read.questions.size(),
                                 report::to_text(table, stdout_terminal()));
  for (const auto& [reason, count] : read.skipped) {
    text += fmt::format("skipped: {} {}\n", count, reason);
  }
  if (differ > 0) {
    text += fmt::format(
        "{} of these outcomes are on record with another score, which stays. To go by the new\n"
        "ones, import into another database (--db)\n",
        differ);
  }
  return text;
}

nlohmann::ordered_json imported_json(const dataset::ForeignOutcomes& read, const std::string& what,
                                     std::size_t differ) {
  using nlohmann::ordered_json;
  ordered_json experts = ordered_json::array();
  for (const auto& [expert, sum] : sums_of(read)) {
    experts.push_back({{"expert", expert},
                       {"outcomes", sum.count},
                       {"accuracy", sum.accuracy()},
                       {"usd", sum.costs == 0 ? ordered_json(nullptr) : ordered_json(sum.cost)}});
  }
  ordered_json skipped = ordered_json::object();
  for (const auto& [reason, count] : read.skipped) skipped[reason] = count;
  return {{"file", what},
          {"questions", read.questions.size()},
          {"experts", std::move(experts)},
          {"skipped", std::move(skipped)},
          {"on_record_with_another_score", differ}};
}

Result<int> import(const ImportOptions& options) {
  Inputs inputs = files_of(options.workspace);
  inputs.insert(inputs.end(), options.files.begin(), options.files.end());
  if (auto ok = check_json_place(options.json, inputs); !ok) return fail(ok.error());
  std::unique_ptr<store::Store> store;  // opened, and made, once there is something to put into it
  nlohmann::ordered_json files = nlohmann::ordered_json::array();
  const auto tell = [&](const dataset::ForeignOutcomes& read, const std::string& what,
                        std::size_t differ) {
    if (!prints_json(options.json)) say("{}", imported_text(read, what, differ));
    files.push_back(imported_json(read, what, differ));
  };
  const auto take = [&](const dataset::ForeignOutcomes& read,
                        const std::string& what) -> Result<void> {
    if (read.outcomes.empty()) {
      tell(read, what, 0);
      return fail(ErrorCode::invalid_argument, "{}: no outcome could be read", what);
    }
    if (!store) {
      auto opened = open_workspace(options.workspace);
      if (!opened) return fail(opened.error());
      store = std::move(*opened);
    }
    const auto differ = put(*store, options, read);
    if (!differ) return fail(differ.error());
    tell(read, what, *differ);
    return {};
  };
  if (options.format == "ooe") {
    const auto read = read_ooe(options.files);
    if (!read) return fail(read.error());
    if (auto taken = take(*read, options.files.front()); !taken) return fail(taken.error());
  } else {
    for (const std::string& file : options.files) {
      const auto read = read_file_of(options, file);
      if (!read) return fail(read.error());
      if (auto taken = take(*read, file); !taken) return fail(taken.error());
    }
  }
  const auto printed = print_result(options.json, "", [&] {
    return nlohmann::ordered_json{{"files", std::move(files)}}.dump(
        2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  });
  if (!printed) return fail(printed.error());
  return 0;
}

}  // namespace

void add_import(CLI::App& app, Runner& runner) {
  auto options = std::make_shared<ImportOptions>();
  CLI::App* command =
      app.add_subcommand("import", "take over outcomes that others have measured, ask nobody");
  command->add_option("--format", options->format, "ooe, routellm, routerbench or lm-eval")
      ->required()
      ->check(CLI::IsMember({"ooe", "routellm", "routerbench", "lm-eval"}))
      ->type_name("NAME");
  command->add_option("files", options->files, "the files")->required()->type_name("FILE");
  command
      ->add_option("--benchmark", options->benchmark,
                   "what the questions are called (default: the file's name)")
      ->type_name("NAME");
  command
      ->add_option("--expert", options->lm_eval.expert,
                   "lm-eval: whose log it is (default: the folder's name)")
      ->check(readable_by(check_expert))
      ->type_name("NAME");
  command
      ->add_option("--metric", options->lm_eval.metric,
                   "lm-eval: which metric (default: acc, exact_match, pass@1 or acc_norm)")
      ->type_name("NAME");
  command->add_option("--filter", options->lm_eval.filter, "lm-eval: which filter")
      ->type_name("NAME");
  add_workspace_options(*command, options->workspace);
  add_json_option(*command, options->json);
  set_work(*command, options, runner, "ooe import --format routellm gsm8k_responses.csv", import);
}

}  // namespace ooe::cli
