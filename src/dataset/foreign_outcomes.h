// Outcomes that others have measured, read from their files instead of asking.
//
//   routellm     CSV: `prompt`, then a column of True and False for every model (RouteLLM's
//                evaluation tables)
//   routerbench  wide CSV: `prompt`, maybe `sample_id` and `eval_name`, for every model a column of
//                scores, "MODEL|total_cost" in USD, "MODEL|model_response" (ignored)
//   lm-eval      JSONL of lm-evaluation-harness's --log_samples: one model a file
//
// In: text. Out: questions, outcomes, and what was skipped and why. Knows: core. Sources: the
// repositories lm-sys/RouteLLM, withmartian/routerbench and EleutherAI/lm-evaluation-harness.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/question.h"

namespace ooe::dataset {

struct ForeignOutcome {
  std::size_t question = 0;  // its place among the questions
  std::string expert;
  float score = 0.0F;
  std::optional<double> cost_usd = std::nullopt;
  std::optional<double> latency_ms = std::nullopt;
  std::optional<double> input_tokens = std::nullopt;
  std::optional<double> output_tokens = std::nullopt;
};

struct ForeignOutcomes {
  std::vector<Question> questions;
  std::vector<ForeignOutcome> outcomes;
  std::map<std::string, std::size_t> skipped;  // reason -> cells or lines
};

// `benchmark` names the questions: ids are "BENCHMARK-n" unless the file has its own. Errors:
// invalid_argument with "name:line:" when the columns are not those of the format, a model is there
// twice, or its name cannot be a column of our files (outcome_file.h); corrupt for text that is no
// CSV or not UTF-8. A cell that is no score in [0, 1] is skipped and counted, and so is a cost that
// is no amount from 0 USD up.
[[nodiscard]] Result<ForeignOutcomes> parse_routellm(std::string_view csv, std::string_view name,
                                                     const std::string& benchmark);
[[nodiscard]] Result<ForeignOutcomes> parse_routerbench(std::string_view csv, std::string_view name,
                                                        const std::string& benchmark);

// The task in a log's name, "samples_TASK_2024-05-01T10-00-00.123456": logs of two experts have the
// same questions. Another name stays as it is.
[[nodiscard]] std::string lm_eval_task(std::string_view stem);

struct LmEvalOptions {
  std::string expert;
  std::string metric;  // empty: the first of acc, exact_match, pass@1, acc_norm that is there
  std::string filter;  // empty: the first one of the file
};
// The question is the document's `question` when it has one, with its `choices` (a list, or
// {"text": [...], "label": [...]}) and its answer where they can be read, else the prompt as sent.
// Equal documents logged under several filters count once. Errors: invalid_argument, also for
// an expert's name that cannot be a column of our files. Requires: options.expert.
[[nodiscard]] Result<ForeignOutcomes> parse_lm_eval(std::string_view jsonl, std::string_view name,
                                                    const std::string& benchmark,
                                                    const LmEvalOptions& options);

}  // namespace ooe::dataset
