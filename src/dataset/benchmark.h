// Benchmarks as their authors publish them, read as questions to ask and worked examples to show.
//
//   format   looks like                                    examples
//   ooe      question_file.h                               lines with split "dev"
//   mmlu     a folder with dev/, val/, test/ of            dev/
//            SUBJECT_SPLIT.csv: question,A,B,C,D,letter
//   gsm8k    JSONL of {"question", "answer": "... #### 72"};  train.jsonl beside it
//            or a folder with train.jsonl, test.jsonl
//   mapped   any JSONL or CSV with a ColumnMap             rows whose split is "dev"
//
// In: paths. Out: questions and worked examples. Knows: core. Sources: the archives of Hendrycks et
// al., "Measuring Massive Multitask Language Understanding" (2021), and Cobbe et al., "Training
// Verifiers to Solve Math Word Problems" (2021).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/question.h"

namespace ooe::dataset {

// Which column or key of a foreign file means what: "question" -> "prompt". `choices` may name
// several columns, joined by '+'.
using ColumnMap = std::map<std::string, std::string>;

// Reads "question=prompt,choices=A+B+C+D,answer=label". Errors: invalid_argument, listing what can
// be mapped; `question` must be.
[[nodiscard]] Result<ColumnMap> parse_column_map(std::string_view text);

struct BenchmarkOptions {
  // Which split is asked. Empty: of a folder "test", of a file all but the examples.
  std::string split = {};
  ColumnMap map = {};  // not empty: the file is read by it
};

struct Benchmark {
  std::string format;  // "ooe", "mmlu", "gsm8k", "mapped"
  std::vector<Question> questions;
  std::vector<WorkedExample> examples;  // never among the questions
};

// Reads the file or folder, telling the format by its looks. Errors: those of the readers, with
// file, line and remedy; invalid_argument when no question is in it, none of the split (it names
// those there are), or an id is there twice.
[[nodiscard]] Result<Benchmark> load_benchmark(const std::string& path,
                                               const BenchmarkOptions& options = {});

// The three foreign readers, on text. `name` is what errors call the file.
// A row of MMLU; ids are "mmlu-SUBJECT-SPLIT-n", n from 0.
[[nodiscard]] Result<std::vector<Question>> parse_mmlu_csv(std::string_view csv,
                                                           std::string_view name,
                                                           const std::string& subject,
                                                           const std::string& split);
// The answer is what follows "####", the solution what stands before it, without the calculator's
// "<<48/2=24>>". Ids are "gsm8k-SPLIT-n", n from 0.
[[nodiscard]] Result<std::vector<WorkedExample>> parse_gsm8k(std::string_view jsonl,
                                                             std::string_view name,
                                                             const std::string& split);
// With choices an answer may be a letter, a choice's text or its position from 0. A letter is tried
// first. For a number, the file decides whether text or position is tried next: a number of JSON is
// a position, unless one in the file cannot be; in quotes or in CSV it is a choice's text if every
// one in the file is, or if one cannot be a position, else a position.
// Without a mapped id it is "BENCHMARK-n", n from 0. Requires: map names `question`.
[[nodiscard]] Result<std::vector<Question>> parse_mapped_jsonl(std::string_view jsonl,
                                                               std::string_view name,
                                                               const std::string& benchmark,
                                                               const ColumnMap& map);
[[nodiscard]] Result<std::vector<Question>> parse_mapped_csv(std::string_view csv,
                                                             std::string_view name,
                                                             const std::string& benchmark,
                                                             const ColumnMap& map);

}  // namespace ooe::dataset
