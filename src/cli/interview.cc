// ooe interview: asks every expert every question that has no answer on record, and grades.
#include "interview/interview.h"

#include <atomic>
#include <cstdio>
#include <map>

#include "base/clock.h"
#include "base/log.h"
#include "cli/command.h"
#include "cli/config.h"
#include "cli/prompt_template.h"
#include "cli/stop_signal.h"
#include "dataset/benchmark.h"
#include "dataset/dataset.h"
#include "experts/http_chat_client.h"
#include "interview/grade.h"
#include "report/table.h"
#include "store/store.h"

namespace ooe::cli {
namespace {

constexpr int kExitIncomplete = 1;

struct Options {
  std::string config = "ooe.toml";
  std::vector<std::string> benchmarks;
  std::string experts;
  std::string budget_usd;
  std::string grader = "auto";
  std::string split = "test";
  std::string map;
  std::string style = "free";
  std::string prompt_template;
  bool dry_run = false;
  bool no_answers = false;
  interview::InterviewOptions interview;
};

// Questions and worked examples of all benchmarks together.
Result<dataset::Benchmark> load_benchmarks(const Options& options) {
  dataset::BenchmarkOptions how{.split = options.split};
  if (!options.map.empty()) {
    auto map = dataset::parse_column_map(options.map);
    if (!map) return fail(map.error());
    how.map = std::move(*map);
  }
  dataset::Benchmark all;
  for (const std::string& file : options.benchmarks) {
    auto one = dataset::load_benchmark(file, how);
    if (!one) return fail(one.error());
    std::ranges::move(one->questions, std::back_inserter(all.questions));
    std::ranges::move(one->examples, std::back_inserter(all.examples));
  }
  return all;
}

Result<void> read_prompt_options(const Options& options, interview::PromptOptions& prompt) {
  const auto style = interview::parse_prompt_style(options.style);
  if (!style) return fail(style.error());
  prompt.style = *style;
  if (options.prompt_template.empty()) return {};
  auto form = load_prompt_template(options.prompt_template);
  if (!form) return fail(form.error());
  prompt.custom = std::move(*form);
  return {};
}

Result<std::vector<Expert>> chosen_experts(const Options& options, const Config& config) {
  const auto all = config.catalogue.experts();
  if (options.experts.empty()) return std::vector<Expert>(all.begin(), all.end());
  const auto names = dataset::parse_expert_list(options.experts);
  if (!names) return fail(names.error());
  std::vector<Expert> chosen;
  for (const std::string& name : *names) {
    const auto id = config.catalogue.find(name);
    if (!id) {
      return fail(ErrorCode::invalid_argument, "{}: there is no expert named '{}'", options.config,
                  name);
    }
    chosen.push_back(config.catalogue[*id]);
  }
  return chosen;
}

// What all calls would cost if every answer were as long as it may be: an estimate, for the
// prompt's tokens are counted roughly. The budget counts them by bytes, and holds.
Result<int> print_price(const interview::InterviewOptions& options, std::span<const Expert> experts,
                        std::span<const Question> questions) {
  const auto prompter = interview::Prompter::make(options.prompt);
  if (!prompter) return fail(prompter.error());
  report::Table table;
  table.columns = {{"expert", report::Align::left},
                   {"questions", report::Align::right},
                   {"about USD", report::Align::right}};
  Usd sum;
  for (const Expert& expert : experts) {
    Usd cost;
    std::size_t asked = 0;
    for (const Question& question : questions) {
      const auto grader = interview::grader_of(question, options.grader);
      if (!grader) continue;
      ++asked;
      if (!expert.prices) continue;
      const auto chat = prompter->render(question, grader->kind);
      if (!chat) return fail(chat.error());
      const TokenCounts most{.input = interview::prompt_bytes(*chat) / 4 + 64,
                             .output = options.prompt.max_tokens};
      cost += cost_of(most, *expert.prices);
    }
    sum += cost;
    table.rows.push_back({expert.name, std::to_string(asked),
                          expert.prices ? fmt::format("{:.4f}", to_double(cost)) : "no price"});
  }
  fmt::print(
      "{}together about {:.4f} USD, were every answer as long as allowed; nobody was asked\n",
      report::to_text(table, stdout_terminal()), to_double(sum));
  return 0;
}

// One line for all experts together, and the last trouble of anybody.
class InterviewProgress {
 public:
  void update(const interview::ExpertProgress& progress) {
    experts_[progress.expert] = progress;
    std::int64_t done = 0;
    std::int64_t total = 0;
    Usd spent;
    for (const auto& [_, expert] : experts_) {
      done += expert.on_record + expert.done + expert.failed;
      total += expert.total;
      spent += expert.spent;
    }
    std::string note = fmt::format("{:.4f} USD", to_double(spent));
    if (!progress.trouble.empty())
      note += fmt::format("  {}: {}", progress.expert, progress.trouble);
    line_.show("interviewing", static_cast<std::size_t>(done), static_cast<std::size_t>(total),
               note);
  }
  void clear() { line_.clear(); }

 private:
  std::map<std::string, interview::ExpertProgress> experts_;
  ProgressLine line_;
};

// Returns whether every question has an answer now.
bool print_summary(const interview::InterviewSummary& summary) {
  report::Table table;
  table.columns = {{"expert", report::Align::left},     {"asked now", report::Align::right},
                   {"on record", report::Align::right}, {"failed", report::Align::right},
                   {"unread", report::Align::right},    {"accuracy", report::Align::right},
                   {"USD", report::Align::right},       {"trouble", report::Align::left}};
  bool complete = true;
  for (const interview::ExpertProgress& expert : summary.experts) {
    complete = complete && expert.on_record + expert.done == expert.total;
    table.rows.push_back(
        {expert.expert, std::to_string(expert.done), std::to_string(expert.on_record),
         std::to_string(expert.failed), std::to_string(expert.unread),
         expert.done == 0
             ? std::string("-")
             : fmt::format("{:.3f}", expert.score_sum / static_cast<double>(expert.done)),
         fmt::format("{:.4f}", to_double(expert.spent)),
         expert.given_up ? "given up: " + expert.trouble : expert.trouble});
  }
  fmt::print("{}spent {} USD\n", report::to_text(table, stdout_terminal()),
             to_string(summary.spent));
  if (summary.ungradable > 0) {
    fmt::print("{} questions were left out, the first because of this: {}\n", summary.ungradable,
               summary.ungradable_why);
  }
  if (summary.out_of_budget) fmt::print("the budget is used up; the same command goes on later\n");
  if (summary.stopped) fmt::print("stopped; the same command goes on from here\n");
  if (!complete && !summary.stopped && !summary.out_of_budget) {
    fmt::print("some answers are missing; the same command asks for them again\n");
  }
  return complete;
}

Result<int> interview(const Options& options) {
  StopSignal signal;
  const auto config = load_config(options.config);
  if (!config) return fail(config.error());
  auto benchmark = load_benchmarks(options);
  if (!benchmark) return fail(benchmark.error());
  const std::vector<Question>& questions = benchmark->questions;
  const auto experts = chosen_experts(options, *config);
  if (!experts) return fail(experts.error());
  interview::InterviewOptions run = options.interview;
  run.keep_answers = !options.no_answers;
  const auto grader = interview::parse_grader(options.grader);
  if (!grader) return fail(grader.error());
  run.grader = *grader;
  if (auto read = read_prompt_options(options, run.prompt); !read) return fail(read.error());
  run.prompt.examples = std::move(benchmark->examples);
  if (!options.budget_usd.empty()) {
    const auto budget = parse_usd(options.budget_usd);
    if (!budget) return fail(budget.error());
    run.budget = *budget;
  }
  if (options.dry_run) return print_price(run, *experts, questions);

  auto endpoints = experts::resolve_endpoints(config->catalogue);
  if (!endpoints) return fail(endpoints.error());
  auto store = store::open_store(config->store_url);
  if (!store) return fail(store.error());
  http::Loop loop;
  experts::HttpChatClient client(loop,
                                 std::make_shared<const experts::Endpoints>(std::move(*endpoints)));
  std::atomic<bool> stop = false;
  signal.on_signal([&stop] { stop = true; });
  InterviewProgress progress;
  const SystemClock clock;
  const auto summary = interview::run_interview(
      loop, client, **store, clock, *experts, questions, run, stop,
      [&progress](const interview::ExpertProgress& expert) { progress.update(expert); });
  progress.clear();
  if (!summary) return fail(summary.error());
  return print_summary(*summary) ? 0 : kExitIncomplete;
}

}  // namespace

void add_interview(CLI::App& app, Runner& runner) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "interview", "ask every expert, grade, store; stop any time and go on later");
  command
      ->add_option("--benchmark", options->benchmarks,
                   "questions: .jsonl of ours or GSM8K's, an MMLU folder, or any .jsonl and .csv "
                   "with --map; may be several")
      ->required()
      ->type_name("FILE");
  command->add_option("--config", options->config, "the configuration")
      ->capture_default_str()
      ->type_name("FILE");
  command->add_option("--experts", options->experts, "only these: A,B or @file")
      ->type_name("NAMES");
  command
      ->add_option("--budget-usd", options->budget_usd,
                   "never spend more in this run, counting calls in flight")
      ->type_name("USD");
  command->add_option("--split", options->split, "of a benchmark that is a folder")
      ->capture_default_str()
      ->type_name("NAME");
  command
      ->add_option("--map", options->map,
                   "columns of a foreign file: question=Q,choices=A+B+C+D,answer=L,id=,subject=")
      ->type_name("FIELD=COLUMN,...");
  command
      ->add_option("--style", options->style,
                   "free (think, then answer), direct (only the answer) or cot (step by step)")
      ->capture_default_str()
      ->type_name("NAME");
  command
      ->add_option("--shots", options->interview.prompt.shots,
                   "worked examples before each question")
      ->capture_default_str()
      ->check(CLI::Range(0, 100));
  command
      ->add_option("--template", options->prompt_template,
                   "a prompt template of your own, .toml, instead of a style")
      ->type_name("FILE");
  command
      ->add_option("--grader", options->grader,
                   "auto, choice, number, text, exact, regex or json; auto goes by the question")
      ->capture_default_str()
      ->type_name("NAME");
  command->add_flag("--dry-run", options->dry_run, "estimate what it would cost, ask nobody");
  command->add_flag("--no-answers", options->no_answers, "store scores only, not the answers");
  command
      ->add_option("--concurrency", options->interview.concurrency, "calls at a time, per expert")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000));
  command->add_option("--max-tokens", options->interview.prompt.max_tokens, "of each answer")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000));
  set_work(*command, options, runner,
           "ooe interview --config ooe.toml --benchmark examples/questions/law.jsonl", interview);
}

}  // namespace ooe::cli
