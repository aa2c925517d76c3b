// ooe interview: asks every expert every question that has no answer on record, and grades.
#include "interview/interview.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <unordered_set>

#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/log.h"
#include "cli/chosen_experts.h"
#include "cli/config.h"
#include "cli/interview_progress.h"
#include "cli/interview_text.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/output_place.h"
#include "cli/prompt_template.h"
#include "cli/stop_signal.h"
#include "cli/workspace.h"
#include "dataset/benchmark.h"
#include "dataset/dataset.h"
#include "experts/http_chat_client.h"
#include "interview/budget.h"
#include "interview/grade.h"
#include "report/table.h"
#include "store/interview_journal.h"
#include "store/store.h"

namespace ooe::cli {
namespace {

constexpr int kExitIncomplete = 1;

struct InterviewOptions {
  std::string config = "ooe.toml";
  std::vector<std::string> benchmarks;
  std::string experts;
  std::string budget_usd;
  std::string grader = "auto";
  std::string split;
  std::string map;
  std::string style = "free";
  std::string prompt_template;
  std::string judge;
  std::string judge_mode = "rubric";
  bool dry_run = false;
  int timeout_s = 600;
  bool no_answers = false;
  bool adaptive = false;
  double precision = interview::AdaptiveOptions{}.precision;
  bool regrade = false;
  JsonOption json;
  interview::InterviewOptions interview;
};

// Questions and worked examples of all benchmarks together.
Result<dataset::Benchmark> load_benchmarks(const InterviewOptions& options) {
  dataset::BenchmarkOptions how{.split = options.split};
  if (!options.map.empty()) how.map = *dataset::parse_column_map(options.map);
  dataset::Benchmark all;
  for (const std::string& file : options.benchmarks) {
    auto one = dataset::load_benchmark(file, how);
    if (!one) return fail(one.error());
    std::ranges::move(one->questions, std::back_inserter(all.questions));
    std::ranges::move(one->examples, std::back_inserter(all.examples));
  }
  return all;
}

struct ExpertPrice {
  const Expert* expert = nullptr;
  bool judges = false;  // what it is to say of others' answers
  std::size_t to_ask = 0;
  std::size_t on_record = 0;
  Usd most;
  Usd about;
};

std::string prices_text(std::span<const ExpertPrice> prices) {
  Usd most;
  Usd about;
  report::Table table;
  table.columns = {{"expert", report::Align::left},
                   {"to ask", report::Align::right},
                   {"on record", report::Align::right},
                   {"at most USD", report::Align::right},
                   {"about USD", report::Align::right}};
  for (const ExpertPrice& price : prices) {
    most += price.most;
    about += price.about;
    const auto money = [&](Usd amount) {
      return price.expert->prices ? fmt::format("{:.4f}", to_double(amount))
                                  : std::string("no price");
    };
    table.rows.push_back({price.expert->name + (price.judges ? " (judge)" : ""),
                          std::to_string(price.to_ask), std::to_string(price.on_record),
                          money(price.most), money(price.about)});
  }
  return fmt::format("{}together at most {:.4f} USD, about {:.4f} USD; nobody was asked\n",
                     report::to_text(table, stdout_terminal()), to_double(most), to_double(about));
}

std::string prices_json(std::span<const ExpertPrice> prices) {
  Usd most;
  Usd about;
  nlohmann::ordered_json json{{"event", "dry_run"}, {"experts", nlohmann::ordered_json::array()}};
  for (const ExpertPrice& price : prices) {
    most += price.most;
    about += price.about;
    nlohmann::ordered_json one{
        {"expert", price.expert->name},         {"to_ask", price.to_ask},
        {"on_record", price.on_record},         {"priced", price.expert->prices.has_value()},
        {"at_most_usd", to_string(price.most)}, {"about_usd", to_string(price.about)}};
    if (price.judges) {
      json["judge"] = std::move(one);
    } else {
      json["experts"].push_back(std::move(one));
    }
  }
  json["at_most_usd"] = to_string(most);
  json["about_usd"] = to_string(about);
  return json.dump();
}

// Returns what the expert's answers on record had of tokens on average, rounded up, where any are
// known.
std::optional<std::int64_t> output_on_record(std::span<const Outcome> outcomes,
                                             const Expert& expert) {
  std::int64_t sum = 0;
  std::int64_t count = 0;
  for (const Outcome& outcome : outcomes) {
    if (outcome.expert != expert.name || !dataset::output_tokens_are_known(outcome)) continue;
    sum += outcome.tokens.output;
    ++count;
  }
  if (count == 0) return std::nullopt;
  return sum / count + 1;
}

// Which tasks the expert has answered on record; none where there is no store.
Result<std::unordered_set<std::size_t>> tasks_on_record(store::Store* store, const Expert& expert,
                                                        const interview::Examination& examination) {
  std::unordered_set<std::size_t> on_record;
  if (store == nullptr) return on_record;
  const auto keys = store->answer_keys(expert.name);
  if (!keys) return fail(keys.error());
  for (const store::AnswerKey& key : *keys) {
    if (const auto task = examination.task_of(key)) on_record.insert(*task);
  }
  return on_record;
}

// What the run would cost beforehand, the judge's calls included: at most, as the budget counts,
// and about, with answers as long as the expert's on record were on average. Nobody is asked, no
// database is created.
Result<int> dry_run(const interview::InterviewOptions& options, const Config& config,
                    std::span<const Expert> experts, std::span<const Question> questions,
                    const JsonOption& json) {
  const auto examination = interview::make_examination(questions, options.prompt, options.grader);
  if (!examination) return fail(examination.error());
  std::vector<Outcome> outcomes;
  std::unique_ptr<store::Store> store;
  if (const auto path = store::sqlite_path(config.store_url);
      path && std::filesystem::exists(*path)) {
    auto opened = store::open_store(config.store_url);
    if (!opened) return fail(opened.error());
    store = std::move(*opened);
    auto known = store->outcomes();
    if (!known) return fail(known.error());
    outcomes = std::move(*known);
  }
  interview::JudgePrice judging;
  const bool judged = options.grader == interview::GraderKind::judge && options.judge;
  if (judged && store) {
    const SystemClock clock;
    const auto journal = store::InterviewJournal::open(config.store_url, clock);
    if (!journal) return fail(journal.error());
    auto known = interview::price_of_judging(**journal, experts, *examination, *options.judge,
                                             options.judging);
    if (!known) return fail(known.error());
    judging = *known;
  }
  std::vector<ExpertPrice> prices;
  for (const Expert& expert : experts) {
    const auto on_record = tasks_on_record(store.get(), expert, *examination);
    if (!on_record) return fail(on_record.error());
    const std::int64_t output_about =
        output_on_record(outcomes, expert).value_or(options.prompt.max_tokens);
    ExpertPrice& price = prices.emplace_back();
    price.expert = &expert;
    price.to_ask = examination->tasks.size() - on_record->size();
    price.on_record = on_record->size();
    for (std::size_t i = 0; i < examination->tasks.size(); ++i) {
      if (on_record->contains(i)) continue;
      const interview::AskTask& task = examination->tasks[i];
      price.most +=
          interview::cost_max_of(task.input_tokens_max, options.prompt.max_tokens, expert.prices);
      price.about += interview::cost_max_of(interview::tokens_about(task.prompt_bytes),
                                            output_about, expert.prices);
      if (judged) {
        interview::add_judging(judging, *task.question, options.prompt.max_tokens, output_about,
                               *options.judge, options.judging);
      }
    }
  }
  if (judged) {
    prices.push_back({&*options.judge, true, static_cast<std::size_t>(judging.to_ask),
                      static_cast<std::size_t>(judging.on_record), judging.most, judging.about});
  }
  std::string text = prices_text(prices);
  if (options.grader == interview::GraderKind::judge && !judged) {
    text += "the judge's calls are not in it; name the judge with --judge\n";
  }
  text += left_out_text(examination->ungradable, examination->ungradable_why,
                        examination->contradicting);
  const auto printed = print_result(json, text, [&] { return prices_json(prices); });
  if (!printed) return fail(printed.error());
  return 0;
}

// --regrade: no call, no cost.
Result<int> regrade(const interview::InterviewOptions& options, const Config& config,
                    std::span<const Expert> experts, std::span<const Question> questions,
                    const JsonOption& json) {
  const auto examination = interview::make_examination(questions, options.prompt, options.grader);
  if (!examination) return fail(examination.error());
  const SystemClock clock;
  auto store = store::open_store(config.store_url);
  if (!store) return fail(store.error());
  const auto journal = store::InterviewJournal::open(config.store_url, clock);
  if (!journal) return fail(journal.error());
  if (auto stored = (*store)->put_questions(questions); !stored) return fail(stored.error());
  const auto shared = interview::share_answers(**journal, experts, *examination);
  if (!shared) return fail(shared.error());
  const auto known = interview::answers_on_record(**journal, experts, *examination);
  if (!known) return fail(known.error());
  if (known->answers == 0) {
    return fail(ErrorCode::not_found,
                "no answer to these questions is on record as they would be asked now; give "
                "--style, --shots, --template and --max-tokens as in the interview");
  }
  const auto summary = interview::regrade(**journal, experts, *examination);
  if (!summary) return fail(summary.error());
  const std::int64_t same = known->answers - known->not_kept - summary->graded;
  const std::string text =
      fmt::format("{} answers on record were graded anew{}; nobody was asked\n", summary->graded,
                  same > 0 ? fmt::format(", {} have today's grade already", same) : std::string());
  const auto printed = print_result(json, text, [&] {
    return nlohmann::ordered_json{
        {"event", "regraded"}, {"regraded", summary->graded}, {"not_kept", known->not_kept}}
        .dump();
  });
  if (!printed) return fail(printed.error());
  if (known->not_kept == 0) return 0;
  return fail(ErrorCode::invalid_argument,
              "{} of {} answers cannot be graded anew, since they were stored without their text "
              "(--no-answers), and keep the grades they have; to have texts to grade, interview "
              "without --no-answers into another database ([store] url)",
              known->not_kept, known->answers);
}

// What the command line alone says; the judge has no more than a name.
interview::InterviewOptions read_line(const InterviewOptions& options) {
  interview::InterviewOptions run = options.interview;
  run.ask.keep_answers = !options.no_answers;
  run.ask.total_timeout = std::chrono::seconds(options.timeout_s);
  run.ask.concurrency.first = std::min(run.ask.concurrency.first, run.ask.concurrency.max);
  // The options' own checks have read these before.
  run.grader = *interview::parse_grader(options.grader);
  run.prompt.style = *interview::parse_prompt_style(options.style);
  run.judging.mode = *interview::parse_judge_mode(options.judge_mode);
  if (options.adaptive) run.adaptive = interview::AdaptiveOptions{.precision = options.precision};
  if (!options.judge.empty()) run.judge.emplace().name = options.judge;
  if (!options.budget_usd.empty()) run.ask.budget = *parse_usd(options.budget_usd);
  return run;
}

// With what the files say that the line names.
Result<interview::InterviewOptions> read_options(const InterviewOptions& options,
                                                 const Config& config,
                                                 dataset::Benchmark& benchmark) {
  interview::InterviewOptions run = read_line(options);
  run.prompt.examples = std::move(benchmark.examples);
  if (!options.prompt_template.empty()) {
    auto form = load_prompt_template(options.prompt_template);
    if (!form) return fail(form.error());
    run.prompt.custom = std::move(*form);
  }
  if (run.judge) {
    const auto judge = config.catalogue.find(options.judge);
    if (!judge) {
      return fail(ErrorCode::invalid_argument, "{}: there is no expert named '{}' to judge",
                  options.config, options.judge);
    }
    run.judge = config.catalogue[*judge];
  }
  return run;
}

Result<void> check_interview(const InterviewOptions& options) {
  const interview::InterviewOptions run = read_line(options);
  if (options.regrade && !interview::is_instant(run.grader)) {
    return fail(ErrorCode::invalid_argument,
                "--regrade runs no program and asks no judge; leave it away, and the interview has "
                "'{}' grade what is on record",
                options.grader);
  }
  // Ignored, it would be missed once the experts are paid.
  if (!options.judge.empty() && run.grader != interview::GraderKind::judge) {
    return fail(ErrorCode::invalid_argument,
                "--judge {} judges nothing without --grader judge (the grader is '{}')",
                options.judge, options.grader);
  }
  if (!options.interview.sandbox.command.empty() && run.grader != interview::GraderKind::program) {
    return fail(ErrorCode::invalid_argument,
                "--sandbox runs nothing without --grader program (the grader is '{}')",
                options.grader);
  }
  // Neither asks anybody, and so they need no judge and no sandbox.
  if (options.dry_run || options.regrade) return {};
  return interview::check_options(run);
}

Result<int> interview(const InterviewOptions& options) {
  Inputs inputs = files_of(WorkspaceOptions{.db = {}, .config = options.config});
  inputs.insert(inputs.end(), options.benchmarks.begin(), options.benchmarks.end());
  inputs.insert(inputs.end(), {list_file(options.experts), options.prompt_template});
  if (auto ok = check_json_place(options.json, inputs); !ok) return fail(ok.error());
  StopSignal signal;
  const auto config = load_config(options.config);
  if (!config) return fail(config.error());
  auto benchmark = load_benchmarks(options);
  if (!benchmark) return fail(benchmark.error());
  const std::vector<Question>& questions = benchmark->questions;
  const auto experts = chosen_experts(options.experts, *config, options.config);
  if (!experts) return fail(experts.error());
  const auto run = read_options(options, *config, *benchmark);
  if (!run) return fail(run.error());
  if (options.dry_run) return dry_run(*run, *config, *experts, questions, options.json);
  if (options.regrade) return regrade(*run, *config, *experts, questions, options.json);

  auto endpoints = experts::resolve_endpoints(config->catalogue);
  if (!endpoints) return fail(placed(config->places, endpoints.error()));
  const SystemClock clock;
  auto store = store::open_store(config->store_url);
  if (!store) return fail(store.error());
  const auto journal = store::InterviewJournal::open(config->store_url, clock);
  if (!journal) return fail(journal.error());
  http::Loop loop;
  experts::HttpChatClient client(loop, clock,
                                 std::make_shared<const experts::Endpoints>(std::move(*endpoints)),
                                 {.ca_file = config->gateway.expert_ca_file});
  std::atomic<bool> stop = false;
  signal.on_signal([&stop] { stop = true; });
  InterviewProgress progress(prints_json(options.json));
  const interview::AskTools tools{
      .loop = loop,
      .client = client,
      .journal = **journal,
      .clock = clock,
      .stop = stop,
      .on_progress = [&progress](const interview::ExpertProgress& expert) {
        progress.update(expert);
      }};
  const auto summary = interview::run_interview(tools, **store, *experts, questions, *run);
  progress.clear();
  if (!summary) return fail(summary.error());
  if (summary->ungradable == static_cast<std::int64_t>(questions.size())) {
    return fail(ErrorCode::invalid_argument,
                "nobody was asked: none of {} questions can be graded. {}", questions.size(),
                summary->ungradable_why);
  }
  const auto unsettled = (*journal)->unsettled();
  if (!unsettled) return fail(unsettled.error());
  const auto outcomes = (*store)->outcomes();
  if (!outcomes) return fail(outcomes.error());
  const InterviewResult result{*summary, known_scores(summary->asked.experts, questions, *outcomes),
                               (*journal)->killed(), *unsettled};
  const auto printed = print_result(options.json, interview_text(result, stdout_terminal()),
                                    [&] { return interview_json(result); });
  if (!printed) return fail(printed.error());
  return is_complete(*summary) ? 0 : kExitIncomplete;
}

// The options follow in the order in which --help shows them.

void add_question_options(CLI::App& command, InterviewOptions& options) {
  command
      .add_option("--benchmark", options.benchmarks,
                  "questions: .jsonl of ours or GSM8K's, an MMLU folder, or any .jsonl and .csv "
                  "with --map; may be several")
      ->required()
      ->type_name("FILE");
  command.add_option("--config", options.config, "the configuration")
      ->capture_default_str()
      ->type_name("FILE");
  command.add_option("--experts", options.experts, "only these: A,B or @file")
      ->check(some_names())
      ->type_name("NAMES");
  command
      .add_option("--budget-usd", options.budget_usd,
                  "never spend more on these questions and experts, earlier runs and calls in "
                  "flight included")
      ->check(readable_by(parse_usd))
      ->type_name("USD");
}

void add_judge_options(CLI::App& command, InterviewOptions& options) {
  command
      .add_option("--sandbox", options.interview.sandbox.command,
                  "for the grader program: a shell command that runs the program on its standard "
                  "input, shut off from everything else")
      ->type_name("COMMAND");
  command.add_option("--judge", options.judge, "for the grader judge: the expert that judges")
      ->type_name("NAME");
  command
      .add_option("--judge-mode", options.judge_mode,
                  "rubric (does it say what the reference says?) or pairwise (which is better?)")
      ->capture_default_str()
      ->check(readable_by(interview::parse_judge_mode))
      ->type_name("NAME");
}

// Which of the questions, and in what words.
void add_prompt_options(CLI::App& command, InterviewOptions& options) {
  command
      .add_option("--split", options.split,
                  "only these questions (default: of a folder test, of a file all but dev)")
      ->type_name("NAME");
  command
      .add_option("--map", options.map,
                  "columns of a foreign file: question=Q,choices=A+B+C+D,answer=L,id=,subject=")
      ->check(readable_by(dataset::parse_column_map))
      ->type_name("FIELD=COLUMN,...");
  CLI::Option* const style =
      command
          .add_option("--style", options.style,
                      "free (think, then answer), direct (only the answer) or cot (step by step)")
          ->capture_default_str()
          ->check(CLI::IsMember({"free", "direct", "cot"}))
          ->type_name("NAME");
  command
      .add_option("--shots", options.interview.prompt.shots, "worked examples before each question")
      ->capture_default_str()
      ->check(CLI::Range(0, 100));
  command
      .add_option("--template", options.prompt_template,
                  "a prompt template of your own, .toml, instead of a style")
      ->excludes(style)
      ->type_name("FILE");
}

// What to do with the answers, and whether to ask for them at all.
void add_run_options(CLI::App& command, InterviewOptions& options) {
  command
      .add_option(
          "--grader", options.grader,
          "auto (by the question), choice, number, text, exact, regex, json, program or judge")
      ->capture_default_str()
      ->check(CLI::IsMember(
          {"auto", "choice", "number", "text", "exact", "regex", "json", "program", "judge"}))
      ->type_name("NAME");
  CLI::Option* const dry_run_flag =
      command.add_flag("--dry-run", options.dry_run, "print what it would cost, ask nobody");
  CLI::Option* const regrade_flag =
      command
          .add_flag("--regrade", options.regrade,
                    "grade the answers on record by today's graders, ask nobody")
          ->excludes(dry_run_flag);
  add_json_option(command, options.json);
  CLI::Option* const adaptive_flag =
      command
          .add_flag("--adaptive", options.adaptive,
                    "for new experts: ask only what tells most, judging by the other experts' "
                    "outcomes, until the mean score is known to --precision")
          ->excludes(regrade_flag);
  command
      .add_option("--precision", options.precision,
                  "of --adaptive: half the width of the mean score's 95% interval")
      ->needs(adaptive_flag)
      ->capture_default_str()
      ->check(number_between(0.001, 0.5));
}

void add_call_options(CLI::App& command, InterviewOptions& options) {
  command.add_flag("--no-answers", options.no_answers, "store scores only, not the answers");
  command
      .add_option("--concurrency", options.interview.ask.concurrency.max,
                  "calls at a time, per expert, at most; how many it takes is found out")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000));
  command.add_option("--timeout", options.timeout_s, "seconds for one call, from start to end")
      ->capture_default_str()
      ->check(CLI::Range(1, 86'400));
  command.add_option("--max-tokens", options.interview.prompt.max_tokens, "of each answer")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000));
}

}  // namespace

void add_interview(CLI::App& app, Runner& runner) {
  auto options = std::make_shared<InterviewOptions>();
  CLI::App* command = app.add_subcommand(
      "interview", "ask every expert, grade, store; stop any time and go on later");
  add_question_options(*command, *options);
  add_judge_options(*command, *options);
  add_prompt_options(*command, *options);
  add_run_options(*command, *options);
  add_call_options(*command, *options);
  set_work(*command, options, runner,
           "ooe interview --config ooe.toml --benchmark examples/questions/law.jsonl", interview,
           check_interview);
}

}  // namespace ooe::cli
