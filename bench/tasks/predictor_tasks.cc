// What the predictor is worth on real outcomes: T1 to T8 of docs/predictor.md, each figure with its
// bootstrap interval, the floor and the aim it is held to, and every baseline beside it, on the
// same folds. Everything comes from train(), cross_predict() and adapt() with default options.
//
//   predictor_tasks DATA [T1 T4 T5 T6 T8] [seed=N] [quick]     DATA: the folder of outcome files;
//   T1: also T2, T3 and T7, whose folds N draws; quick: those without the baselines of `ooe train`
//   predictor_tasks DATA draws=5      T1, T2, T3 and T7, quick, for N = 1 to 5, and the means
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <set>
#include <string>

#include <fmt/core.h>

#include "base/parse_number.h"
#include "bench/tasks/task_data.h"
#include "bench/tasks/task_run.h"
#include "core/table_part.h"
#include "dataset/dataset.h"
#include "predictor/train.h"

namespace {

using namespace ooe;
using namespace ooe::tasks;

const std::set<std::string> kTasks = {"T1", "T4", "T5", "T6", "T8"};

// At least 1: a bench of nothing would find that every floor is met.
std::uint64_t number_of(const std::string& text) {
  const auto number = parse_number<std::uint64_t>(text).value_or(0);
  if (number == 0) die("a number from 1 on is needed, not '" + text + "'");
  return number;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) die("give the folder of outcome data");
  TaskRun run{.folder = argv[1]};
  std::set<std::string> tasks;
  std::uint64_t draws = 1;
  for (int i = 2; i < argc; ++i) {
    const std::string word = argv[i];
    if (word.starts_with("seed=")) {
      run.seed = number_of(word.substr(5));
    } else if (word.starts_with("draws=")) {
      draws = number_of(word.substr(6));
      run.quick = true;
      tasks = {"T1"};
    } else if (word == "quick") {
      run.quick = true;
    } else if (kTasks.contains(word)) {
      tasks.insert(word);
    } else {
      die("no such task or option: " + word);
    }
  }
  const auto wanted = [&](const char* task) { return tasks.empty() || tasks.contains(task); };
  const auto start = std::chrono::steady_clock::now();
  const auto elapsed = [&] {
    fmt::print("   ({:.0f} s)\n",
               std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    std::fflush(stdout);
  };
  const Dataset mmlu = load(run.folder, "mmlu");
  Rows test;
  for (std::size_t i = 0; i < mmlu.questions.size(); ++i) {
    if (mmlu.questions[i].split == "test") test.push_back(i);
  }
  const Dataset mmlu_test = subset_rows(mmlu, test);
  auto core = dataset::load_dataset({.questions = run.folder + "/mmlu.questions.jsonl.gz",
                                     .outcomes = run.folder + "/mmlu_core.tsv.gz"});
  if (!core) die(core.error().message);
  const std::set<std::string> core_ids(core->data.outcomes.question_ids.begin(),
                                       core->data.outcomes.question_ids.end());
  Rows core_rows;
  for (std::size_t i = 0; i < mmlu_test.questions.size(); ++i) {
    if (core_ids.contains(mmlu_test.questions[i].id)) core_rows.push_back(i);
  }
  if (wanted("T4")) gsm8k_task(run);
  elapsed();
  if (wanted("T5") || wanted("T8")) {
    const auto model = predictor::train(mmlu, {.rivals = false});
    if (!model) die(model.error().message);
    if (wanted("T5")) arc_task(run, *model);
    elapsed();
    if (wanted("T8")) transfer_task(run, mmlu, *model);
    elapsed();
  }
  for (std::uint64_t draw = 1; draw <= draws && wanted("T1"); ++draw) {
    if (draws > 1) {
      run.seed = draw;
      fmt::print("draw {} of {}\n", draw, draws);
    }
    mmlu_tasks(run, mmlu_test, core_rows, core->data.outcomes.experts);
  }
  if (draws > 1) {
    fmt::print("means of {} draws\n", draws);
    run.table.print_means();
  }
  elapsed();
  if (wanted("T6")) cold_start_task(run, mmlu_test, core_ids, core->data.outcomes.experts);
  elapsed();
  fmt::print("{}\n", run.table.missed() == 0
                         ? "every floor is met"
                         : fmt::format("{} floors are missed", run.table.missed()));
  return run.table.missed() == 0 ? 0 : 1;
}
