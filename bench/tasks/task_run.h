// The tasks of predictor_tasks, and what they share: one run has a folder, options and a table to
// which each task adds its lines. A task that meets an error ends the program. Source: T1 to T8 of
// docs/predictor.md.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "bench/tasks/figure_table.h"
#include "bench/tasks/task_data.h"
#include "predictor/model.h"
#include "predictor/train.h"

namespace ooe::tasks {

struct TaskRun {
  std::string folder;
  FigureTable table = {};
  bool quick = false;
  std::uint64_t seed = predictor::TrainOptions{}.seed;  // of T1 to T3 and T7
};

// T1, T2, T3, T7. `core`: rows of `data` that all of `core_experts` answered.
void mmlu_tasks(TaskRun& run, const Dataset& data, const Rows& core,
                const std::vector<std::string>& core_experts);

// T4.
void gsm8k_task(TaskRun& run);

// T5: with `mmlu`, a model of other questions, as the prior, and alone.
void arc_task(TaskRun& run, const predictor::Model& mmlu);

// T6: experts are new, a quarter of them at a time, to a model trained without them on four folds;
// then some of their outcomes, chosen at random, teach it; judged on the fifth.
void cold_start_task(TaskRun& run, const Dataset& data, const std::set<std::string>& core_ids,
                     const std::vector<std::string>& core_experts);

// T8: trained on MMLU, routed elsewhere, against the best single expert known from training.
void transfer_task(TaskRun& run, const Dataset& mmlu_data, const predictor::Model& mmlu);

}  // namespace ooe::tasks
