// From files or records to what training and evaluation read: a Dataset whose row i is question i,
// its text, and every expert's outcome on it.
// In: files, or records of the store. Out: core/outcome.h's Dataset, and a count of what was left
// out. Knows: core.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/outcome.h"
#include "dataset/outcome_file.h"
#include "dataset/price_file.h"
#include "dataset/usage_file.h"

namespace ooe::dataset {

// What to take of the data.
struct DatasetChoices {
  std::vector<std::string> experts = {};  // exact names; empty: all
  bool text_last_block = false;           // texts are only what follows the last worked example
};

struct DatasetFiles {
  std::string questions = {};
  std::string outcomes = {};
  std::string usage = {};                       // empty: none
  std::string prices = {};                      // empty: none
  std::vector<ExpertPrices> known_prices = {};  // weaker than the file
  std::vector<std::string> price_options = {};  // "NAME=IN/OUT", stronger than the file
  std::string experts = {};                     // "A,B" or "@file"; empty: all
  bool text_last_block = false;
};

// What was left out, and why. Leaving out is normal: sets are published in parts.
struct DatasetCounts {
  std::size_t questions_without_outcomes = 0;
  std::size_t outcomes_without_question = 0;  // rows whose id no question has
  std::size_t outcomes_empty = 0;             // rows on which no chosen expert was measured
  std::size_t usage_unmatched = 0;            // usage of a question or expert that was not taken

  friend bool operator==(const DatasetCounts&, const DatasetCounts&) = default;
};

struct LoadedDataset {
  Dataset data;
  DatasetCounts counts;
};

// The tables a dataset is joined from.
struct DatasetParts {
  std::vector<Question> questions;
  OutcomeTable outcomes;
  std::vector<Usage> usage;
  std::vector<ExpertPrices> prices;  // exact names; those of other experts are ignored
};

// Joins the tables. Rows keep the order of the outcomes, columns theirs whatever the order of the
// choice, so that equal data gives equal models. An empty subject or category of a question is
// filled from the outcomes' columns. `cost_usd` is the recorded cost, else the recorded tokens at
// the expert's price; repeated answers count with their mean. Requires: unique ids in the outcomes.
// Errors: invalid_argument for an unknown or repeated expert (near names are
// listed), or when no row is left.
[[nodiscard]] Result<LoadedDataset> build_dataset(DatasetParts parts,
                                                  const DatasetChoices& choices);

// Reads prices typed by hand, "NAME=IN/OUT". Errors: invalid_argument for one that cannot be read,
// or whose name is not among `experts`, those of the outcomes.
[[nodiscard]] Result<std::vector<ExpertPrices>> typed_prices(std::span<const std::string> options,
                                                             std::span<const std::string> experts);

// An empty subject or category becomes the one of the question's row in the outcomes.
void fill_labels(Question& question, const OutcomeTable& table, std::size_t row);

// Reads the files and joins them. Errors: those of the readers and of build_dataset;
// invalid_argument for a price option that names no column.
[[nodiscard]] Result<LoadedDataset> load_dataset(const DatasetFiles& files);

// Whether an outcome's tokens say anything, either count by itself: `ooe import` has none where
// nobody recorded them, and stores 0, marked as estimated.
[[nodiscard]] bool input_tokens_are_known(const Outcome& outcome);
[[nodiscard]] bool output_tokens_are_known(const Outcome& outcome);

// Joins what a store holds. Columns are sorted by name, rows follow `questions`; several outcomes
// of one expert on one question (samples, graders) become their mean, usage that is not known stays
// empty. Errors: as build_dataset.
[[nodiscard]] Result<LoadedDataset> dataset_from_records(std::vector<Question> questions,
                                                         std::span<const Outcome> outcomes,
                                                         std::vector<ExpertPrices> prices,
                                                         const DatasetChoices& choices);

// Reads "A,B" or, from "@file", names separated by commas or line ends. Errors: those of read_file;
// invalid_argument when the list is empty.
[[nodiscard]] Result<std::vector<std::string>> parse_expert_list(std::string_view text);

}  // namespace ooe::dataset
